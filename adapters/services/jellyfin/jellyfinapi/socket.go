package jellyfinapi

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/gorilla/websocket"
)

// mostWaiting is how many messages may wait for a client that does not read.
const mostWaiting = 1024

// sockets are the websockets that stand.
type sockets struct{ live []*socket }

// socket is one websocket. Its fields are the server's to lock, but for the connection.
type socket struct {
	conn      *websocket.Conn
	out       chan []byte
	over      chan struct{} // closed when reading ended
	listening bool          // it asked for the log
}

// socketMessage is a message in either direction.
type socketMessage struct {
	MessageType string
	MessageID   string `json:"MessageId,omitempty"`
	Data        any    `json:",omitempty"`
}

// Listeners returns how many websockets stand that asked for the log.
func (s *Server) Listeners() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.sockets.live {
		if c.listening {
			n++
		}
	}
	return n
}

// AwaitListener waits until somebody listens for entries of the log.
func (s *Server) AwaitListener() {
	s.tb.Helper()
	s.Await("somebody to listen on a websocket", func() bool { return s.Listeners() > 0 })
}

// DropsSockets cuts the websockets without a word.
func (s *Server) DropsSockets() { s.locked(s.cutSockets) }

// Sends sends a text to every websocket as it is.
func (s *Server) Sends(text string) {
	s.locked(func() {
		for _, c := range s.sockets.live {
			s.send(c, []byte(text))
		}
	})
}

func (s *Server) cutSockets() {
	for _, c := range s.sockets.live {
		_ = c.conn.Close() // reading ends with it
	}
}

// nudge tells those who listen that the log has an entry, but not which: the array is empty. The lock is held.
func (s *Server) nudge() {
	for _, c := range s.sockets.live {
		if c.listening {
			s.say(c, socketMessage{MessageType: "ActivityLogEntry", MessageID: s.newHex(), Data: []any{}})
		}
	}
}

func (s *Server) say(c *socket, m socketMessage) {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a mistake in this package
	}
	s.send(c, raw)
}

func (s *Server) send(c *socket, raw []byte) {
	select {
	case c.out <- raw:
	default:
		s.violate("GET /socket: the client reads nothing: %d messages wait", mostWaiting)
		_ = c.conn.Close() // reading ends with it
	}
}

// serveSocket carries a websocket from its beginning to its end.
func (s *Server) serveSocket(t turn) {
	s.served.Add(1) // a connection that was taken over is not the front's to wait for
	defer s.served.Done()
	conn, err := new(websocket.Upgrader).Upgrade(t.w, t.call.http, nil)
	if err != nil {
		s.locked(func() { s.violate("GET /socket: %v", err) })
		s.end(t.call, 0)
		return
	}
	c := &socket{conn: conn, out: make(chan []byte, mostWaiting), over: make(chan struct{})}
	s.locked(func() {
		s.sockets.live = append(s.sockets.live, c)
		s.say(c, socketMessage{MessageType: "ForceKeepAlive", MessageID: s.newHex(), Data: 60})
	})
	s.served.Go(c.write(s.closing))
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			break
		}
		s.locked(func() { s.hear(c, t.call.caller, raw) })
	}
	close(c.over)
	_ = conn.Close()
	s.locked(func() {
		s.sockets.live = slices.DeleteFunc(s.sockets.live, func(other *socket) bool { return other == c })
	})
	s.end(t.call, 0)
}

func (c *socket) write(closing <-chan struct{}) func() {
	return func() {
		for {
			select {
			case raw := <-c.out:
				_ = c.conn.WriteMessage(websocket.TextMessage, raw) // reading ends when the other side is gone
			case <-c.over:
				return
			case <-closing:
				_ = c.conn.Close()
				return
			}
		}
	}
}

// period is when the first message is due and how far others are apart, in milliseconds.
var period = regexp.MustCompile(`^\d+,\d+$`)

// hear takes a message of a client. What the server throws at ends the connection. The lock is held.
func (s *Server) hear(c *socket, who caller, raw []byte) {
	var m socketMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		s.violate("GET /socket: a message that is no JSON: %.80q", raw)
		return
	}
	switch data, _ := m.Data.(string); m.MessageType {
	case "KeepAlive":
		s.say(c, socketMessage{MessageType: "KeepAlive", MessageID: s.newHex()})
	case "ActivityLogEntryStart":
		switch {
		case !period.MatchString(data):
			s.violate("GET /socket: ActivityLogEntryStart with %.40q, not with two numbers", data)
			_ = c.conn.Close()
		case !s.tells(who):
			_ = c.conn.Close()
		default:
			c.listening = true
		}
	case "ActivityLogEntryStop":
		c.listening = false
	default:
		s.violate("GET /socket: a connector has no use for %.40q", m.MessageType)
	}
}

// tells says whether the log is told over a websocket: before 10.9 to all, then to administrators, and to API keys, which
// are nobody's, again from 10.11 on.
func (s *Server) tells(who caller) bool {
	switch {
	case !s.version.since(10, 9):
		return true
	case who.apiKey:
		return s.version.since(10, 11)
	}
	return who.administrator()
}
