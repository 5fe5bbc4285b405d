package talk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"latchstring/core"
)

// Intake answers what comes in from a chat platform that can be asked only once. Whatever comes is written into the inbox
// together with the platform's offset before the platform may forget it, answered from there, and answered after a
// restart if the program ended in between. Of one line, what comes first is answered first; lines do not wait for each
// other.
type Intake struct {
	Chat  core.Chat
	Inbox Inbox
	Talk  *Talk
	Log   *slog.Logger

	// Read understands a message. What is not understood, or is nothing to answer, has a nil Answer.
	Read func(core.Message) Incoming

	mu     sync.Mutex
	lines  map[string]bool     // lines at work
	taken  map[string]struct{} // keys that are being answered, or were since the inbox was last read
	done   []string            // of taken, those that were
	nudges chan struct{}
	once   sync.Once
}

// Incoming is a message as its adapter understands it.
type Incoming struct {
	Request Request
	Line    string // what is answered one after the other: mostly the room
	// Prepare, if set, is called first; it may find out that the request is late, and change its time.
	Prepare func(ctx context.Context, r *Request)
	// Answer shows a reply. An error means that it is worth trying again.
	Answer func(ctx context.Context, reply Reply) error
}

// The bounds of answering.
const (
	answerTries = 6  // 1 s, 2 s, 4 s … apart
	mostLines   = 32 // lines at work at once
)

// Receive writes down what came, with the offset up to which the platform was read. What is known is passed over. Only
// when it returns nil may the platform be told.
func (in *Intake) Receive(ctx context.Context, messages []core.Message, offset string) error {
	if err := in.Inbox.Receive(ctx, in.Chat, messages, offset); err != nil {
		return err
	}
	in.nudge()
	return nil
}

func (in *Intake) nudge() {
	select {
	case in.wake() <- struct{}{}:
	default:
	}
}

func (in *Intake) wake() chan struct{} {
	in.once.Do(func() {
		in.nudges = make(chan struct{}, 1)
		in.lines, in.taken = map[string]bool{}, map[string]struct{}{}
	})
	return in.nudges
}

// Run answers until ctx ends and what is being answered has been.
func (in *Intake) Run(ctx context.Context) {
	wake := in.wake()
	in.nudge()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(time.Minute): // what the book could not tell a minute ago
		}
		messages, err := in.unanswered(ctx)
		if err != nil {
			in.Log.Error("inbox not readable", slog.Any("cause", err))
			continue
		}
		for _, m := range messages {
			in.start(ctx, m, &wg)
		}
	}
}

// unanswered reads the inbox. What was answered while an earlier reading was gone through was on that still, so it counts
// as taken up to here.
func (in *Intake) unanswered(ctx context.Context) ([]core.Message, error) {
	in.mu.Lock()
	for _, key := range in.done {
		delete(in.taken, key)
	}
	in.done = nil
	in.mu.Unlock()
	return in.Inbox.Unanswered(ctx, in.Chat)
}

// start answers a message beside the others, if nothing of its line is being answered.
func (in *Intake) start(ctx context.Context, m core.Message, wg *sync.WaitGroup) {
	coming := in.Read(m)
	if coming.Request.At.IsZero() {
		coming.Request.At = m.Arrived
	}
	in.mu.Lock()
	_, taken := in.taken[m.Key]
	if taken || in.lines[coming.Line] || len(in.lines) >= mostLines {
		in.mu.Unlock()
		return // the end of what is at work calls again
	}
	in.taken[m.Key], in.lines[coming.Line] = struct{}{}, true
	in.mu.Unlock()
	wg.Go(func() {
		then := in.answer(ctx, m, coming)
		in.mu.Lock()
		in.done = append(in.done, m.Key)
		delete(in.lines, coming.Line)
		in.mu.Unlock()
		in.nudge()
		if then != nil { // it is on record; what is said next does not wait for it
			then(ctx)
		}
	})
}

// answer answers a message once, records that, and returns the work that it set going. An answer that only announces work
// is tried once: what comes of the work is brought by the courier, and would be overwritten by a later try.
func (in *Intake) answer(ctx context.Context, m core.Message, coming Incoming) (then func(context.Context)) {
	if coming.Answer != nil {
		if coming.Prepare != nil {
			coming.Prepare(ctx, &coming.Request)
		}
		reply := in.Talk.Handle(ctx, coming.Request)
		then = reply.Then
		err := coming.Answer(ctx, reply)
		for try := 1; err != nil && then == nil && try < answerTries && in.pause(ctx, time.Second<<(try-1)); try++ {
			err = coming.Answer(ctx, reply)
		}
		if ctx.Err() != nil && err != nil {
			return then // the next start answers it
		}
		if err != nil {
			in.Log.Error("answer given up", slog.String("chat", string(in.Chat)), slog.Any("cause", err))
		}
	}
	if err := in.Inbox.Answered(ctx, in.Chat, m.Key); err != nil && ctx.Err() == nil {
		in.Log.Error("answer not recorded", slog.String("chat", string(in.Chat)), slog.Any("cause", err))
		in.pause(ctx, time.Second)
	}
	return then
}

func (in *Intake) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
