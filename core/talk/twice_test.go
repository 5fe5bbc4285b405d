package talk_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// lagging are books whose second reading of what is due comes back only after what it tells of was sent.
type lagging struct {
	*coretest.Books
	reads  int
	send   chan struct{} // closed when the chat may take the message
	marked chan struct{}
	once   sync.Once
}

func (l *lagging) Due(ctx context.Context, now time.Time, limit int) ([]core.Delivery, error) {
	due, err := l.Books.Due(ctx, now, limit)
	if l.reads++; l.reads == 2 && len(due) > 0 {
		close(l.send)
		<-l.marked
		time.Sleep(50 * time.Millisecond) // the contact is free by now
	}
	return due, err
}

func (l *lagging) MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error {
	defer l.once.Do(func() { close(l.marked) })
	return l.Books.MarkSent(ctx, id, at, message)
}

// slowly is a chat that takes a message only when it may, and counts.
type slowly struct {
	mailbox
	may  chan struct{}
	sent chan struct{}
}

func (s *slowly) Send(ctx context.Context, to core.Contact, source core.Source, c talk.Card, id core.DeliveryID) (string, error) {
	s.sent <- struct{}{}
	<-s.may
	return s.mailbox.Send(ctx, to, source, c, id)
}

// News that is being sent while the courier reads what is due is not sent twice.
func TestNothingIsSentTwice(t *testing.T) {
	books := &lagging{Books: &coretest.Books{}, send: make(chan struct{}), marked: make(chan struct{})}
	chat := &slowly{may: books.send, sent: make(chan struct{}, 9)}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), chat)
	err := books.Post(t.Context(), []core.Delivery{{ID: "1", Key: "1", To: "marta", News: core.NewsApology, Made: h.Now(), Due: h.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.Courier.Run(ctx)
	}()
	<-chat.sent
	h.Courier.Nudge() // it reads again while the message is under way
	<-books.marked
	time.Sleep(100 * time.Millisecond)
	stop()
	<-ended
	if n := 1 + len(chat.sent); n != 1 {
		t.Errorf("sent %d times", n)
	}
}
