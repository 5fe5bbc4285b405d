package discordapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Fault is a way to answer a call wrongly.
type Fault struct {
	name    string
	applies bool          // the call is carried out although its answer is spoiled
	again   time.Duration // how long no call may follow
	global  bool          // whatever it calls
	play    func(s *Server, w http.ResponseWriter, r *http.Request, answer func())
}

// TooMany refuses a call with 429 and JSON. Another call of the same name for the same place before the time is over is a
// violation.
func TooMany(after time.Duration) *Fault {
	f := Refused(&Refusal{Status: http.StatusTooManyRequests, Message: "You are being rate limited.", RetryAfter: after})
	f.again = after
	return f
}

// TooManyEverywhere is TooMany for the limit over all calls: any call before the time is over is a violation, but for those
// that interactions bring, which that limit does not count.
func TooManyEverywhere(after time.Duration) *Fault {
	f := Refused(&Refusal{Status: http.StatusTooManyRequests, Message: "You are being rate limited.", RetryAfter: after, Global: true})
	f.again, f.global = after, true
	return f
}

// TooManyPage refuses a call with 429 and the page of the proxy before the platform, which is no JSON and tells the time
// only in a header, in seconds. Another call of the same name for the same place before the time is over is a violation.
func TooManyPage(after time.Duration) *Fault {
	page := Down(http.StatusTooManyRequests)
	f := &Fault{name: "429 page", again: after}
	f.play = func(s *Server, w http.ResponseWriter, r *http.Request, answer func()) {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		page.play(s, w, r, answer)
	}
	return f
}

// Refused refuses a call in words of the test's choice.
func Refused(refusal *Refusal) *Fault {
	return &Fault{name: refusal.String(), play: func(_ *Server, w http.ResponseWriter, _ *http.Request, _ func()) {
		refusal.write(w)
	}}
}

// Down answers a status with the page of a proxy before the platform, which is no JSON.
func Down(status int) *Fault {
	page := fmt.Sprintf("<html>\r\n<head><title>%[1]d %[2]s</title></head>\r\n<body>\r\n<center><h1>%[1]d %[2]s</h1></center>\r\n"+
		"<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n", status, http.StatusText(status))
	return Raw(status, "text/html", page)
}

// DownAfter carries the call out and answers as Down does.
func DownAfter(status int) *Fault {
	f := Down(status)
	f.name, f.applies = f.name+" after", true
	return f
}

// Garbage answers 200 with JSON that ends too early.
func Garbage() *Fault {
	return Raw(http.StatusOK, "application/json", `{"id":"1100000000000000001","cont`)
}

// Raw answers whatever the test wants.
func Raw(code int, contentType, body string) *Fault {
	return &Fault{name: fmt.Sprintf("%d %.20q", code, body), play: func(_ *Server, w http.ResponseWriter, _ *http.Request, _ func()) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body)) // a client that left is not the server's matter
	}}
}

// CutBefore closes the connection without carrying the call out.
func CutBefore() *Fault {
	return &Fault{name: "cut before", play: func(*Server, http.ResponseWriter, *http.Request, func()) { panic(http.ErrAbortHandler) }}
}

// CutAfter carries the call out and closes the connection in place of an answer.
func CutAfter() *Fault {
	f := CutBefore()
	f.name, f.applies = "cut after", true
	return f
}

// Stalled neither carries the call out nor answers it, as on a connection whose other half is gone. The connection stays
// open until the client closes it or the test ends.
func Stalled() *Fault {
	return &Fault{name: "stalled", play: func(s *Server, _ http.ResponseWriter, r *http.Request, _ func()) {
		s.pause(r.Context(), nil)
		panic(http.ErrAbortHandler)
	}}
}

// StalledAfter carries the call out and is stalled then.
func StalledAfter() *Fault {
	f := Stalled()
	f.name, f.applies = "stalled after", true
	return f
}

// Slow carries the call out and answers it late.
func Slow(d time.Duration) *Fault {
	return &Fault{name: "slow", applies: true, play: func(s *Server, _ http.ResponseWriter, r *http.Request, answer func()) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		s.pause(r.Context(), timer.C)
		answer()
	}}
}

// pause waits for a timer, which may be nil, but not longer than the client and the test do.
func (s *Server) pause(ctx context.Context, until <-chan time.Time) {
	select {
	case <-until:
	case <-ctx.Done():
	case <-s.closing:
	}
}

// script is a fault that waits for its calls.
type script struct {
	fits  func(Call) bool
	left  int // how many calls it is still for; below 0: all
	fault *Fault
}

// Fail spoils the next n calls of a name, or all from now on if n is below 0. The name may be a pattern as of
// path.Match: "*_message". Scripts are used up in the order in which they were given.
func (s *Server) Fail(name string, n int, f *Fault) {
	s.FailWhen(func(c Call) bool { return matches(name, c.Name) }, n, f)
}

// FailWhen spoils the next n calls that fit, or all from now on if n is below 0. The function runs while the server is
// locked, so it must not use the server.
func (s *Server) FailWhen(fits func(Call) bool, n int, f *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &script{fits, n, f})
}

// Recover forgets all scripts. The times that TooMany told still count.
func (s *Server) Recover() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault of a call, if it has one. The lock is held.
func (s *Server) takeFault(call Call) *Fault {
	for _, script := range s.faults {
		if script.left == 0 || !script.fits(call) {
			continue
		}
		script.left = max(script.left-1, -1)
		if script.fault.again > 0 {
			s.windows = append(s.windows, window{call.Name, call.Place(), script.fault.global, s.clock.now().Add(script.fault.again)})
		}
		return script.fault
	}
	return nil
}

// window is a time in which a call must not be made for a place, or no call at all.
type window struct {
	name, place string
	global      bool
	ends        time.Time
}

// checkWindows blames a call that comes before its time. The lock is held.
func (s *Server) checkWindows(call Call) {
	ofInteraction := call.holes["token"] != ""
	for _, w := range s.windows {
		same := w.name == call.Name && w.place == call.Place()
		if call.At.Before(w.ends) && (same || w.global && !ofInteraction) {
			s.violate("%s: called %v before the time that 429 told", call.Name, w.ends.Sub(call.At))
		}
	}
}
