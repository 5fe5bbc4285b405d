package watch_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"latchstring/core"
	"latchstring/core/coretest"
)

// source is a service's log of sign-ins that does what a test wants.
type source func(ctx context.Context, after string) ([]core.SignIn, string, error)

func (s source) SignIns(ctx context.Context, after string) ([]core.SignIn, string, error) {
	return s(ctx, after)
}

func TestSignInsAreReadOnce(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	signIn := core.SignIn{
		Key: "s1", Service: "home", Account: core.Account{Service: "home", Member: "leo", Login: "leo"},
		Device: core.DeviceRef{Service: "home", ID: "new"}, Name: "Chrome on Windows", At: h.Now(),
	}
	var asked []string
	h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) {
		asked = append(asked, after)
		switch after {
		case "":
			return nil, "now", nil
		case "now":
			return []core.SignIn{signIn, signIn}, "later", nil
		}
		return nil, after, nil
	})
	for range 4 {
		h.Watcher.Round(t.Context())
	}
	if got := strings.Join(asked, ","); got != ",now,later,later" {
		t.Errorf("asked after %q", got)
	}
	due, err := books.Due(t.Context(), h.Now(), 10)
	if err != nil || len(due) != 2 { // the member whose account it is, and the owner
		t.Errorf("%d pieces of news, %v", len(due), err)
	}
}

// What can not be recorded is read again, and a service that fails in any way holds nothing up.
func TestWhatFailsIsReadAgain(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	calls := 0
	h.Watcher.Connectors[0].SignIns = source(func(context.Context, string) ([]core.SignIn, string, error) { panic("ordered") })
	h.Watcher.Connectors[1].SignIns = source(func(context.Context, string) ([]core.SignIn, string, error) {
		calls++
		if calls == 1 {
			return nil, "", errors.New("no answer")
		}
		return []core.SignIn{{Key: "s", Service: "home", Device: core.DeviceRef{Service: "home", ID: "d"}, At: h.Now()}}, "c", nil
	})
	h.Watcher.Round(t.Context())
	books.Err = errors.New("disk full")
	h.Watcher.Round(t.Context())
	if cursor, _ := books.Cursor(t.Context(), "home"); cursor != "" {
		t.Fatalf("the cursor moved to %q without a record", cursor)
	}
	books.Err = nil
	h.Watcher.Round(t.Context())
	if cursor, _ := books.Cursor(t.Context(), "home"); cursor != "c" || calls != 3 {
		t.Errorf("cursor %q after %d calls", cursor, calls)
	}
}
