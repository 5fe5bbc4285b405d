package discordapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Refusal is an answer that is an error.
type Refusal struct {
	Status     int
	Code       int // the platform's own; 0: it has none for this
	Message    string
	Wrong      []Wrong       // what is wrong with the body, for 50035
	RetryAfter time.Duration // for 429
	Global     bool          // the 429 is for all calls
}

// Wrong is what is wrong with one field of a body.
type Wrong struct {
	Path    string // as in data.components.0.label; empty: the body as a whole
	Code    string // as in BASE_TYPE_BAD_LENGTH
	Message string
}

func (f *Refusal) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %s", f.Status, f.Code, f.Message)
	for _, w := range f.Wrong {
		fmt.Fprintf(&b, "; %s: %s: %s", w.Path, w.Code, w.Message)
	}
	return b.String()
}

func refusal(status, code int, message string) *Refusal {
	return &Refusal{Status: status, Code: code, Message: message}
}

// The refusals in the platform's words. Nobody changes them.
var (
	unauthorized        = refusal(http.StatusUnauthorized, 0, "401: Unauthorized")
	unknownChannel      = refusal(http.StatusNotFound, 10003, "Unknown Channel")
	unknownGuild        = refusal(http.StatusNotFound, 10004, "Unknown Guild")
	unknownMember       = refusal(http.StatusNotFound, 10007, "Unknown Member")
	unknownMessage      = refusal(http.StatusNotFound, 10008, "Unknown Message")
	unknownUser         = refusal(http.StatusNotFound, 10013, "Unknown User")
	unknownWebhook      = refusal(http.StatusNotFound, 10015, "Unknown Webhook")
	unknownInteraction  = refusal(http.StatusNotFound, 10062, "Unknown interaction")
	acknowledged        = refusal(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	missingAccess       = refusal(http.StatusForbidden, 50001, "Missing Access")
	emptyMessage        = refusal(http.StatusBadRequest, 50006, "Cannot send an empty message")
	cannotSend          = refusal(http.StatusForbidden, 50007, "Cannot send messages to this user")
	missingPermissions  = refusal(http.StatusForbidden, 50013, "Missing Permissions")
	invalidWebhookToken = refusal(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	invalidRecipient    = refusal(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
)

// blame refuses a call that no state of the world would have made right. The lock is held.
func (s *Server) blame(f *Refusal) *Refusal {
	s.violate("%s: %s", s.calls[s.doing].Name, f)
	return f
}

// form gathers what is wrong with a body.
type form struct {
	wrong []Wrong
}

func (f *form) add(path, code, format string, args ...any) {
	f.wrong = append(f.wrong, Wrong{strings.TrimPrefix(path, "."), code, fmt.Sprintf(format, args...)})
}

// units is how long a text is in UTF-16, which is never less than the platform counts.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// length wants a text of so many units.
func (f *form) length(path, text string, least, most int) {
	switch n := units(text); {
	case n < least || n > most:
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	case least > 0 && strings.TrimSpace(text) == "":
		f.add(path, "BASE_TYPE_REQUIRED", "This field is required")
	}
}

// count wants so many elements of a list.
func (f *form) count(path string, n, least, most int) {
	if n < least || n > most {
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	}
}

// judge refuses a body with which anything is wrong. The lock is held.
func (s *Server) judge(f *form) *Refusal {
	if len(f.wrong) == 0 {
		return nil
	}
	return s.blame(&Refusal{Status: http.StatusBadRequest, Code: 50035, Message: "Invalid Form Body", Wrong: f.wrong})
}

func (f *Refusal) write(w http.ResponseWriter) {
	body := map[string]any{"message": f.Message, "code": f.Code}
	switch {
	case f.Status == http.StatusTooManyRequests:
		delete(body, "code")
		seconds := f.RetryAfter.Seconds()
		body["retry_after"], body["global"] = seconds, f.Global
		scope := "user"
		if f.Global {
			scope = "global"
			w.Header().Set("X-RateLimit-Global", "true")
		} else {
			w.Header().Set("X-RateLimit-Limit", "5")
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset-After", strconv.FormatFloat(seconds, 'f', 3, 64))
		}
		w.Header().Set("X-RateLimit-Scope", scope)
		w.Header().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	case len(f.Wrong) > 0:
		body["errors"] = nest(f.Wrong)
	}
	writeJSON(w, f.Status, body)
}

// nest makes the tree that the platform tells faults in: {"data":{"content":{"_errors":[{"code":…,"message":…}]}}}.
func nest(wrong []Wrong) map[string]any {
	root := map[string]any{}
	for _, w := range wrong {
		at := root
		if w.Path != "" {
			for step := range strings.SplitSeq(w.Path, ".") {
				next, there := at[step].(map[string]any)
				if !there {
					next = map[string]any{}
					at[step] = next
				}
				at = next
			}
		}
		list, _ := at["_errors"].([]any) // none yet
		at["_errors"] = append(list, map[string]string{"code": w.Code, "message": w.Message})
	}
	return root
}

// mostRefusals is how many calls may be answered 401, 403 or 429 in ten minutes before the platform shuts out the address.
const mostRefusals = 10_000

// countRefusal counts what could get the client's address banned. The lock is held.
func (s *Server) countRefusal(f *Refusal) {
	if f == nil || f.Status != http.StatusUnauthorized && f.Status != http.StatusForbidden && f.Status != http.StatusTooManyRequests {
		return
	}
	now := s.clock.now()
	for len(s.refusals) > 0 && now.Sub(s.refusals[0]) > 10*time.Minute {
		s.refusals = s.refusals[1:]
	}
	if s.refusals = append(s.refusals, now); len(s.refusals) == mostRefusals {
		s.violate("%d invalid calls in ten minutes: the platform would ban the address", mostRefusals)
	}
}

func writeAnswer(w http.ResponseWriter, result any, refused *Refusal) {
	switch {
	case refused != nil:
		refused.write(w)
	case result == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that left is not the server's matter
}
