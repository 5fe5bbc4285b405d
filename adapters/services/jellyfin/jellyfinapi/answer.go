package jellyfinapi

import (
	"encoding/json"
	"fmt"
	"net/http"
)

const (
	jsonType = "application/json; charset=utf-8"
	textType = "text/plain; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
)

// answer is what the server says to a call. The zero value is an answer that was never given.
type answer struct {
	status int
	kind   string // of the body
	body   []byte
	header map[string]string
}

func (a answer) write(w http.ResponseWriter) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that left is not the server's matter
}

func empty(status int) answer { return answer{status: status} }

func text(status int, words string) answer {
	return answer{status: status, kind: textType, body: []byte(words)}
}

// jsonOf answers 200 with a value. What cannot be encoded is a mistake in this package.
func jsonOf(value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Errorf("jellyfin: an answer: %w", err))
	}
	return answer{status: http.StatusOK, kind: jsonType, body: body}
}

// done is how the server says that a call without an answer was carried out: Jellyfin 204, Emby 200.
func (s *Server) done() answer {
	if s.version.emby {
		return empty(http.StatusOK)
	}
	return empty(http.StatusNoContent)
}

// refuse says no as the server itself does: Jellyfin in its framework's form, which tells nothing, Emby without a body.
func (s *Server) refuse(status int) answer {
	if s.version.emby {
		return empty(status)
	}
	a := jsonOf(map[string]any{
		"type":    fmt.Sprintf("https://tools.ietf.org/html/rfc9110#section-15.5.%d", status-http.StatusBadRequest+1),
		"title":   http.StatusText(status),
		"status":  status,
		"traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
	})
	a.status, a.kind = status, "application/problem+json; charset=utf-8"
	return a
}

// failed is the answer to an exception, which never says what happened.
func failed(status int) answer { return text(status, "Error processing request.") }
