package watch

import (
	"context"

	"latchstring/core"
)

// Book is where the watcher keeps what it saw. Each method is one transaction.
type Book interface {
	// Cursor returns how far a service's sign-ins were read; "" at first.
	Cursor(ctx context.Context, service core.ServiceID) (string, error)

	// SignedIn tells whether a sign-in of the device was recorded before.
	SignedIn(ctx context.Context, service core.ServiceID, device core.DeviceID) (bool, error)

	// RecordSignIns adds sign-ins and deliveries and moves the cursor, all or nothing. A sign-in whose service and key
	// are known is left out, as is a delivery whose key is.
	RecordSignIns(ctx context.Context, service core.ServiceID, cursor string, signIns []core.SignIn, deliveries []core.Delivery) error
}
