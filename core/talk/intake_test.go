package talk_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// forgetful is an inbox that does not take what was answered, while it is full.
type forgetful struct {
	*coretest.Books
	full atomic.Bool
}

func (f *forgetful) Answered(ctx context.Context, chat core.Chat, key string) error {
	if f.full.Load() {
		return errors.New("disk full")
	}
	return f.Books.Answered(ctx, chat, key)
}

// listen runs an intake in which each message is answered as a test wants, until the end of the test.
func listen(t *testing.T, inbox talk.Inbox, answer func(key string) error, prepare func(*talk.Request)) *talk.Intake {
	t.Helper()
	h := coretest.NewHouse(t, &coretest.Books{}, nil)
	in := &talk.Intake{Chat: core.Telegram, Inbox: inbox, Talk: h.Talk, Log: h.Talk.Log}
	in.Read = func(m core.Message) talk.Incoming {
		coming := talk.Incoming{
			Request: talk.Request{From: core.Contact{Chat: core.Terminal, User: "leo"}, Private: true, Text: "help", At: h.Now()}, Line: m.Key,
			Answer: func(context.Context, talk.Reply) error { return answer(m.Key) },
		}
		if prepare != nil {
			coming.Prepare = func(_ context.Context, r *talk.Request) { prepare(r) }
		}
		return coming
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return in
}

func receive(t *testing.T, in *talk.Intake, key string) {
	t.Helper()
	if err := in.Receive(t.Context(), []core.Message{{Chat: core.Telegram, Key: key, Arrived: coretest.Start}}, key); err != nil {
		t.Fatal(err)
	}
}

// Who was answered is not answered again because the disk is full, and the answer is recorded once it is not.
func TestAnsweredOnceThoughNotRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := &forgetful{Books: &coretest.Books{}}
		inbox.full.Store(true)
		var answers atomic.Int32
		in := listen(t, inbox, func(string) error { answers.Add(1); return nil }, nil)
		receive(t, in, "1")
		time.Sleep(10 * time.Minute)
		inbox.full.Store(false)
		time.Sleep(2 * time.Minute)
		left, err := inbox.Unanswered(t.Context(), core.Telegram)
		if answers.Load() != 1 || len(left) != 0 || err != nil {
			t.Errorf("answered %d times, %d left, %v", answers.Load(), len(left), err)
		}
	})
}

// An answer is tried for as long as it is of use, and a preparation that hangs does not hold it up.
func TestAnswerIsTriedUntilItIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		books := &coretest.Books{}
		began := time.Now()
		var shown atomic.Int64
		hang := make(chan struct{})
		in := listen(t, books, func(string) error {
			if time.Since(began) < 3*time.Minute {
				return errors.New("bad gateway")
			}
			shown.Store(int64(time.Since(began)))
			return nil
		}, func(*talk.Request) { <-hang })
		receive(t, in, "1")
		time.Sleep(6 * time.Minute)
		close(hang)
		if at := time.Duration(shown.Load()); at == 0 || at > 5*time.Minute {
			t.Errorf("shown after %v", at)
		}
	})
}

// However much one person asks at once, others are heard.
func TestOnePersonHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow, at atomic.Int32
		in := listen(t, &coretest.Books{}, func(string) error {
			if n := slow.Add(1); n > at.Load() {
				at.Store(n)
			}
			time.Sleep(time.Minute)
			slow.Add(-1)
			return nil
		}, nil)
		for i := range 40 {
			receive(t, in, string(rune('a'+i)))
		}
		time.Sleep(30 * time.Second)
		if at.Load() != 4 {
			t.Errorf("%d of one person's messages are answered at once, want 4", at.Load())
		}
		time.Sleep(time.Hour)
	})
}
