package jellyfinapi

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Fault is a way to answer a call wrongly.
type Fault struct {
	name string
	play func(turn)
}

// Starting refuses a call with 503 and a page, as Jellyfin does from 10.11 on while it starts, and says when to come back.
func Starting(after time.Duration) *Fault {
	return said("starting", answer{
		status: http.StatusServiceUnavailable, kind: htmlType,
		header: map[string]string{"Retry-After": strconv.Itoa(int(after.Seconds())), "Message": "The server is starting"},
		body:   []byte("<!DOCTYPE html><html><head><title>Jellyfin</title></head><body><h1>The server is still starting.</h1></body></html>"),
	})
}

// SignInPage answers 200 with the page of a proxy that wants to know who is there.
func SignInPage() *Fault {
	return Raw(http.StatusOK, htmlType, "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>"+
		`<form method="post" action="/auth"><input name="username"><input type="password" name="password"></form></body></html>`)
}

// Redirected sends the client to the page of a proxy that wants to know who is there.
func Redirected(to string) *Fault {
	return said("redirected", answer{status: http.StatusFound, kind: htmlType, header: map[string]string{"Location": to}})
}

// Down answers a status with the page of a proxy before the server.
func Down(status int) *Fault {
	return Raw(status, htmlType, fmt.Sprintf("<html><head><title>%[1]d %[2]s</title></head><body><h1>%[1]d %[2]s</h1></body></html>",
		status, http.StatusText(status)))
}

// Refused refuses a call with a status and without a body.
func Refused(status int) *Fault { return said(strconv.Itoa(status), empty(status)) }

// Empty answers a call for a list as if there were nothing to tell.
func Empty() *Fault {
	return &Fault{name: "empty", play: func(t turn) {
		switch t.call.request.Name {
		case "GET /Sessions", "GET /Users", "GET /Users/Public":
			t.answer(jsonOf([]any{}))
		default:
			t.answer(jsonOf(list([]any{}, 0, 0)))
		}
	}}
}

// Garbage answers 200 with JSON that ends too early.
func Garbage() *Fault { return Raw(http.StatusOK, jsonType, `{"Items":[{"Name":"Living-room TV","Acc`) }

// Huge answers 200 with correct JSON of at least so many bytes.
func Huge(size int) *Fault {
	item := []byte(`{"Id":"x","Name":"Living-room TV","AppName":"Jellyfin Android TV"},`)
	body := append([]byte(`{"Items":[`), bytes.Repeat(item, size/len(item)+1)...)
	return Raw(http.StatusOK, jsonType, string(body[:len(body)-1])+`],"TotalRecordCount":1,"StartIndex":0}`)
}

// Raw answers whatever the test wants.
func Raw(status int, contentType, body string) *Fault {
	return said(fmt.Sprintf("%d %.20q", status, body), answer{status: status, kind: contentType, body: []byte(body)})
}

func said(name string, a answer) *Fault { return &Fault{name, func(t turn) { t.answer(a) }} }

// Spoiled carries a call out and answers what another fault answers.
func Spoiled(by *Fault) *Fault {
	return &Fault{by.name + " after", func(t turn) { t.apply(); by.play(t) }}
}

// CutBefore closes the connection without carrying the call out. A client in Go repeats by itself what it only reads when that
// happens on a connection it used before, so one such fault may not be seen.
func CutBefore() *Fault { return &Fault{"cut before", turn.cut} }

// CutAfter carries the call out and closes the connection in place of an answer.
func CutAfter() *Fault { return &Fault{"cut after", func(t turn) { t.apply(); t.cut() }} }

// CutAmid carries the call out and closes the connection in the middle of the answer.
func CutAmid() *Fault {
	return &Fault{"cut amid", func(t turn) {
		a := t.apply()
		a.header = map[string]string{"Content-Length": strconv.Itoa(len(a.body) + 1)}
		a.body = a.body[:len(a.body)/2]
		t.answer(a)
		_ = http.NewResponseController(t.w).Flush() // of a client that left there is nothing to flush
		panic(http.ErrAbortHandler)
	}}
}

// Stalled neither carries the call out nor answers it. The connection stays open until the client closes it or the test ends.
func Stalled() *Fault { return &Fault{"stalled", func(t turn) { t.wait(nil, true); t.cut() }} }

// SlowBefore lets a real time pass before the call is carried out and answered. A client that has left by then changes
// nothing: the server carries the call out all the same.
func SlowBefore(d time.Duration) *Fault {
	return &Fault{"slow before", func(t turn) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		t.wait(timer.C, false)
		t.pass()
	}}
}

// SlowAfter carries the call out at once, and answers it after a real time.
func SlowAfter(d time.Duration) *Fault {
	return &Fault{"slow after", func(t turn) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		a := t.apply()
		t.wait(timer.C, true)
		t.answer(a)
	}}
}

// Trickle carries the call out and answers byte by byte, so slowly that it takes a real time.
func Trickle(d time.Duration) *Fault {
	return &Fault{"trickle", func(t turn) {
		a := t.apply()
		t.s.end(t.call, a.status)
		every := time.NewTicker(max(d/time.Duration(len(a.body)+1), 1))
		defer every.Stop()
		out := http.NewResponseController(t.w)
		t.w.Header().Set("Content-Type", a.kind)
		t.w.WriteHeader(a.status)
		for _, b := range a.body {
			t.wait(every.C, true)
			if _, err := t.w.Write([]byte{b}); err != nil || out.Flush() != nil {
				return // the client left
			}
		}
	}}
}

// wait waits for a timer, which may be nil, but not longer than the test does, nor, if that counts, than the client.
func (t turn) wait(until <-chan time.Time, client bool) {
	left := t.call.http.Context().Done()
	if !client {
		left = nil
	}
	select {
	case <-until:
	case <-left:
	case <-t.s.closing:
	}
}

// script is a fault that waits for its calls.
type script struct {
	fits  func(Request) bool
	left  int // how many calls it is still for; below 0: all
	fault *Fault
}

// Fail spoils the next n calls of a name, or all from now on if n is below 0. A star at the end of the name stands for any
// rest. Scripts are used up in the order in which they were given.
func (s *Server) Fail(name string, n int, f *Fault) {
	s.FailWhen(func(r Request) bool { return matches(name, r.Name) }, n, f)
}

// FailWhen spoils the next n calls that fit, or all from now on if n is below 0. The function runs while the server is
// locked, so it must not use the server.
func (s *Server) FailWhen(fits func(Request) bool, n int, f *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &script{fits, n, f})
}

// Recover forgets all scripts.
func (s *Server) Recover() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault of a call, if it has one. The lock is held.
func (s *Server) takeFault(r Request) *Fault {
	for _, script := range s.faults {
		if script.left == 0 || !script.fits(r) {
			continue
		}
		script.left = max(script.left-1, -1)
		return script.fault
	}
	return nil
}

// HasNoActivityLog has the server refuse its log with a status: 404 where it was taken out, 403 where the key may not.
func (s *Server) HasNoActivityLog(status int) {
	s.Fail("GET /System/ActivityLog/Entries", -1, Refused(status))
}
