package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"latchstring/adapters/services/mailbox"
)

// readMail reads the mailboxes that a service is known by, until ctx ends; wg is done when all have ended.
func readMail(ctx context.Context, boxes []*mailbox.Mailbox, log *slog.Logger, wg *sync.WaitGroup) {
	for _, box := range boxes {
		if box.Used() {
			wg.Go(func() { box.Run(ctx, time.Now, log) })
		}
	}
}
