package botapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	firstUpdate   = 700_000_000
	kept          = 24 * time.Hour     // how long an update waits for the bot
	quiet         = 7 * 24 * time.Hour // after so long without any, the next update has any id
	farBeyond     = 10                 // an offset beyond the end by more is taken for none
	longestPoll   = 50 * time.Second
	farewell      = 250 * time.Millisecond
	mostPerAnswer = 100
)

// seldom are the kinds of updates that a bot gets only if it asks for them by name.
func seldom() []string { return []string{"chat_member", "message_reaction", "message_reaction_count"} }

// queue is what waits for the bot.
type queue struct {
	waiting []update
	next    int // the id of the next update
	last    time.Time
	webhook string
	allowed []string // nil: all but the seldom ones
	poll    *poll    // the open long poll
}

type update struct {
	id   int
	at   time.Time
	json json.RawMessage
}

// poll is one open getUpdates.
type poll struct {
	ended   chan struct{}
	ousted  bool // another one began
	revoked bool // a webhook was set
}

// add queues an update of a kind if the bot wants that kind now. The lock is held.
func (s *Server) add(kind string, content any) {
	q := &s.queue
	if q.allowed == nil && slices.Contains(seldom(), kind) || q.allowed != nil && !slices.Contains(q.allowed, kind) {
		return
	}
	text, err := json.Marshal(map[string]any{kind: content})
	if err != nil {
		panic(err) // only the server's own structs come here
	}
	s.queueUpdate(text)
}

// queueUpdate gives an update its id and returns it. The lock is held.
func (s *Server) queueUpdate(object []byte) int {
	q, now := &s.queue, s.clock.now()
	if !q.last.IsZero() && now.Sub(q.last) >= quiet {
		// The platform takes any number. A lower one is what clients do not expect.
		q.next -= 1_000_003
	}
	id := q.next
	q.next, q.last = id+1, now
	text := append([]byte(`{"update_id":`+strconv.Itoa(id)+`,`), object[1:]...)
	q.waiting = append(q.waiting, update{id, now, text})
	s.stir()
	return id
}

// Put queues an update that the test wrote itself, an object in JSON without its update_id, and returns the id it got. So
// a test can hand the bot what no server of today sends.
func (s *Server) Put(object string) int {
	s.t.Helper()
	if !json.Valid([]byte(object)) || object[0] != '{' || len(object) < 3 {
		s.t.Fatalf("bot api: no object to put: %s", object)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queueUpdate([]byte(object))
}

// Waiting returns the ids of the updates that the bot did not confirm yet.
func (s *Server) Waiting() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(0)
	var ids []int
	for _, u := range s.queue.waiting {
		ids = append(ids, u.id)
	}
	return ids
}

// forget drops the updates below an id and those that waited too long. The lock is held.
func (s *Server) forget(below int) {
	now := s.clock.now()
	s.queue.waiting = slices.DeleteFunc(s.queue.waiting, func(u update) bool { return u.id < below || now.Sub(u.at) >= kept })
}

// confirm drops what an offset confirms. The lock is held.
func (s *Server) confirm(offset int) {
	switch {
	case offset < 0:
		s.forget(0)
		s.queue.waiting = s.queue.waiting[max(0, len(s.queue.waiting)+offset):]
	case offset > s.queue.next+farBeyond:
		s.forget(0)
	default:
		s.forget(offset)
	}
}

// PollElsewhere is what another program with the same token does: its getUpdates ends the open one. It waits for that.
func (s *Server) PollElsewhere() {
	s.t.Helper()
	s.Await("an open getUpdates", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.queue.poll == nil {
			return false
		}
		s.queue.poll.ousted = true
		s.stir()
		return true
	})
}

// Polling tells whether the bot waits for updates now.
func (s *Server) Polling() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.poll != nil
}

// getUpdates answers with what waits, or waits for it. The lock is held, and let go while it waits.
func (s *Server) getUpdates(ctx context.Context, p Params) (any, *Refusal) {
	if refusal := s.readPoll(p); refusal != nil {
		return nil, refusal
	}
	if s.queue.webhook != "" {
		return nil, webhookIsActive()
	}
	s.oust()
	limit := int(p.Int("limit"))
	if limit < 1 || limit > mostPerAnswer {
		limit = mostPerAnswer
	}
	s.confirm(int(p.Int("offset")))
	mine := &poll{ended: make(chan struct{})}
	s.queue.poll = mine
	s.stir()
	defer func() {
		close(mine.ended)
		if s.queue.poll == mine {
			s.queue.poll = nil
		}
	}()
	timer := time.NewTimer(min(time.Duration(p.Int("timeout"))*time.Second, longestPoll))
	defer timer.Stop()
	for waits := p.Int("timeout") > 0; ; {
		s.forget(0)
		switch {
		case mine.ousted:
			return nil, ousted()
		case mine.revoked:
			return nil, refuse(http.StatusConflict, "Conflict: terminated by setWebhook request")
		case len(s.queue.waiting) > 0 || !waits:
			return s.batch(limit), nil
		}
		waits = s.awaitChange(ctx, timer.C)
	}
}

// awaitChange lets the lock go until something changed, and tells whether the poll may go on.
func (s *Server) awaitChange(ctx context.Context, over <-chan time.Time) bool {
	changed := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-changed:
		return true
	case <-over:
	case <-ctx.Done():
	case <-s.closing:
	}
	return false
}

func (s *Server) batch(limit int) []json.RawMessage {
	batch := []json.RawMessage{}
	for _, u := range s.queue.waiting[:min(limit, len(s.queue.waiting))] {
		batch = append(batch, u.json)
	}
	return batch
}

// oust ends the open poll, if there is one. Two at a time are a violation, but one that its client has left is not: the
// server may learn of that only after the next one began. The lock is held, and let go while that is waited for.
func (s *Server) oust() {
	open := s.queue.poll
	if open == nil {
		return
	}
	s.mu.Unlock()
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-open.ended:
		s.mu.Lock()
	case <-timer.C:
		s.mu.Lock()
		open.ousted = true
		s.violate("getUpdates: called while another one was open")
	}
}

// readPoll checks what the description of the API says in prose. The lock is held.
func (s *Server) readPoll(p Params) *Refusal {
	if _, there := p["limit"]; there && (p.Int("limit") < 1 || p.Int("limit") > mostPerAnswer) {
		s.violate("getUpdates: limit %s is not within 1-100", p["limit"])
	}
	if seconds := p.Int("timeout"); seconds < 0 || time.Duration(seconds)*time.Second > longestPoll {
		s.violate("getUpdates: timeout %s is not within 0-50", p["timeout"])
	}
	text, there := p["allowed_updates"]
	if !there {
		return nil
	}
	allowed := []string{}
	if err := json.Unmarshal([]byte(text), &allowed); err != nil {
		return s.blame("can't parse allowed updates JSON object")
	}
	for _, kind := range allowed {
		if s.schema != nil && !slices.ContainsFunc(s.schema.Types["Update"].Fields, func(f field) bool { return f.Name == kind }) {
			s.violate("getUpdates: no update is called %q", kind)
		}
	}
	if s.queue.allowed = allowed; len(allowed) == 0 {
		s.queue.allowed = nil
	}
	return nil
}

func ousted() *Refusal {
	return refuse(http.StatusConflict, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
}

func webhookIsActive() *Refusal {
	return refuse(http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
}

// Hook sets a webhook, as another program with the same token may have done. Nothing is ever sent to it.
func (s *Server) Hook(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook(url)
}

func (s *Server) hook(url string) {
	s.queue.webhook = url
	if url != "" && s.queue.poll != nil {
		s.queue.poll.revoked = true
	}
	s.stir()
}

func (s *Server) setWebhook(p Params) (any, *Refusal) {
	s.hook(p["url"])
	return true, nil
}

func (s *Server) deleteWebhook(p Params) (any, *Refusal) {
	if p.True("drop_pending_updates") {
		s.queue.waiting = nil
	}
	s.hook("")
	return true, nil
}

func (s *Server) getWebhookInfo(Params) (any, *Refusal) {
	s.forget(0)
	return map[string]any{
		"url": s.queue.webhook, "has_custom_certificate": false, "pending_update_count": len(s.queue.waiting),
	}, nil
}
