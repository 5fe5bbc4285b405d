package talk

import (
	"context"
	"errors"
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

	mu       sync.Mutex
	lines    map[string]bool         // lines at work
	people   map[core.Contact]int    // how many of them are one person's
	taken    map[string]struct{}     // keys that are being answered, or were since the inbox was last read
	done     []string                // of taken, those that were
	prepared map[string]chan Request // requests that were prepared, or are being, by their keys
	nudges   chan struct{}
	once     sync.Once
}

// Incoming is a message as its adapter understands it.
type Incoming struct {
	Request Request
	Line    string // what is answered one after the other: mostly the room
	// Prepare, if set, is called as soon as the message is seen, whether or not its line is at work, and once. It may find
	// out that the request is late, or that it is not, and change its time; it is not waited for for long.
	Prepare func(ctx context.Context, r *Request)
	// Answer shows a reply. An error means that it is worth trying again.
	Answer func(ctx context.Context, reply Reply) error
}

// The bounds of answering.
const (
	mostLines     = 64              // lines at work at once
	linesOfOne    = 4               // of them, one person's
	prepareWithin = 2 * time.Second // how long the preparation is waited for
	recordWithin  = 3 * time.Second // how long it may take to record an answer when the program is ending
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
		in.people, in.prepared = map[core.Contact]int{}, map[string]chan Request{}
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
	who := coming.Request.From
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, taken := in.taken[m.Key]; taken {
		return
	}
	if coming.Prepare != nil && in.prepared[m.Key] == nil {
		ready := make(chan Request, 1)
		in.prepared[m.Key] = ready
		wg.Go(func() {
			r := coming.Request
			coming.Prepare(ctx, &r)
			ready <- r
		})
	}
	if in.lines[coming.Line] || len(in.lines) >= mostLines || in.people[who] >= linesOfOne {
		return // the end of what is at work calls again
	}
	in.taken[m.Key], in.lines[coming.Line] = struct{}{}, true
	in.people[who]++
	ready := in.prepared[m.Key]
	wg.Go(func() {
		then, shown := in.answer(ctx, coming, ready)
		in.mu.Lock()
		delete(in.lines, coming.Line)
		if in.people[who]--; in.people[who] == 0 {
			delete(in.people, who)
		}
		in.mu.Unlock()
		in.nudge()
		if shown && in.record(ctx, m.Key) {
			in.mu.Lock()
			in.done = append(in.done, m.Key)
			delete(in.prepared, m.Key)
			in.mu.Unlock()
		}
		if then != nil { // it is on record; what is said next does not wait for it
			then(ctx)
		}
	})
}

// answer answers a message, and returns the work that it set going and whether the message is done with; what the end of the
// program cut off is answered by the next start. It tries until the answer is shown, or too old to be of
// use. An answer that only announces work is tried once: what comes of the work is brought by the courier, and would be
// overwritten by a later try.
func (in *Intake) answer(ctx context.Context, coming Incoming, ready <-chan Request) (then func(context.Context), done bool) {
	if coming.Answer == nil {
		return nil, true
	}
	request := coming.Request
	if ready != nil {
		select {
		case request = <-ready:
		case <-time.After(prepareWithin):
		case <-ctx.Done():
		}
	}
	began := in.Talk.Now()
	reply := in.Talk.Handle(ctx, request)
	err := coming.Answer(ctx, reply)
	for try := 0; err != nil && reply.Then == nil && in.Talk.Now().Sub(began) < lateWord; try++ {
		failure, _ := errors.AsType[*SendError](err)
		if failure != nil && failure.Permanent || !in.pause(ctx, backoff(try, failure)) {
			break
		}
		err = coming.Answer(ctx, reply)
	}
	if err != nil && ctx.Err() == nil && reply.Then == nil {
		in.Log.Error("answer given up", slog.String("chat", string(in.Chat)), slog.Any("cause", err))
	}
	return reply.Then, err == nil || ctx.Err() == nil
}

// record writes down that a message was answered, also while the program is ending, and returns whether that worked. It is
// tried until it does: who was answered is not answered again because a disk is full.
func (in *Intake) record(ctx context.Context, key string) bool {
	for try := 0; ; try++ {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
		err := in.Inbox.Answered(short, in.Chat, key)
		cancel()
		if err == nil {
			return true
		}
		in.Log.Error("answer not recorded", slog.String("chat", string(in.Chat)), slog.Any("cause", err))
		if !in.pause(ctx, backoff(try, nil)) {
			return false
		}
	}
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
