package discordapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// The intents that the server tells apart.
const (
	intentGuilds     = 1 << 0
	intentPrivileged = 1<<1 | 1<<8 | 1<<15 // members, presences, contents of messages
	allIntents       = 1<<26 - 1
)

// connection is one connection to the gateway. Its fields are the server's to lock, but for the socket and what leads to it.
type connection struct {
	s        *Server
	socket   *websocket.Conn
	out      chan frame
	over     chan struct{} // closed when reading ended
	interval time.Duration

	session  *session
	silent   bool
	dead     bool // it was closed or cut from this side
	invalid  bool // the session ended under it
	beats    int  // heartbeats so far
	messages []time.Time
}

// frame is something to write: a text, a closing with a code, or with neither a cut.
type frame struct {
	text []byte
	code int
	why  string
}

// packet is a message of the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Name *string         `json:"t"`
}

// send puts something into the queue of what is to be written. The lock is held.
func (c *connection) send(f frame) {
	if c.silent || c.dead {
		return
	}
	c.dead = f.text == nil
	select {
	case c.out <- f:
	default:
		c.s.violate("gateway: the client reads nothing: %d messages wait", mostWaiting)
		c.dead = true
		_ = c.socket.Close() // reading ends with it
	}
}

func (c *connection) sendPacket(p packet) {
	raw, err := json.Marshal(p)
	if err != nil {
		c.s.violate("gateway: %v", err)
		return
	}
	c.send(frame{text: raw})
}

func (c *connection) sendOp(op int, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		c.s.violate("gateway: %v", err)
		return
	}
	c.sendPacket(packet{Op: op, Data: raw})
}

func (c *connection) event(seq int64, name string, data json.RawMessage) {
	c.sendPacket(packet{Op: opDispatch, Data: data, Seq: &seq, Name: &name})
}

func (c *connection) closeWith(code int, why string) { c.send(frame{code: code, why: why}) }

func (c *connection) cut() { c.send(frame{}) }

// invalidate ends the session of a connection. The lock is held.
func (c *connection) invalidate(resumable bool) {
	if session := c.session; session != nil && !resumable {
		delete(c.s.gateway.sessions, session.id)
		session.on, c.session = nil, nil
	}
	c.invalid = true
	c.sendOp(opInvalid, resumable)
}

// write writes what is in the queue, and closes a connection whose heartbeats stay away.
func (c *connection) write() {
	patience := max(2*c.interval, time.Second) // a busy machine may be late with a short one
	overdue := time.NewTicker(patience)
	defer overdue.Stop()
	beats := -1
	for {
		select {
		case f := <-c.out:
			if f.text != nil {
				_ = c.socket.WriteMessage(websocket.TextMessage, f.text) // reading ends when the other side is gone
				continue
			}
			if f.code != 0 {
				c.sayGoodbye(f)
			}
			_ = c.socket.Close() // reading ends with it
			return
		case <-overdue.C:
			c.s.locked(func() {
				if c.beats == beats && !c.silent && !c.dead {
					c.s.violate("gateway: no heartbeat for %v", patience)
					c.closeWith(codeTimedOut, "Session timed out.")
				}
				beats = c.beats
			})
		case <-c.over:
			return
		case <-c.s.closing:
			_ = c.socket.Close()
			return
		}
	}
}

// sayGoodbye writes why the connection ends and gives the client a moment to read it.
func (c *connection) sayGoodbye(f frame) {
	_ = c.socket.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(f.code, f.why))
	moment := time.NewTimer(time.Second)
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-c.over:
	case <-c.s.closing:
	}
}

// read takes what the client says until one of the two sides ends the connection.
func (c *connection) read() {
	defer close(c.over)
	for {
		kind, text, err := c.socket.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) && (closed.Code == websocket.CloseNormalClosure || closed.Code == websocket.CloseGoingAway) {
				c.s.locked(c.forget)
			}
			return
		}
		c.s.locked(func() {
			if !c.silent && !c.dead {
				c.hear(kind, text)
				c.s.stir()
			}
		})
	}
}

// forget ends the session for good, as a client does that closes with 1000 or 1001. The lock is held.
func (c *connection) forget() {
	if c.session != nil && !c.silent {
		delete(c.s.gateway.sessions, c.session.id)
	}
}

// end puts down that the connection is over. The lock is held.
func (c *connection) end() {
	if c.session != nil && c.session.on == c {
		c.session.on, c.session.left = nil, c.s.clock.now()
	}
	_ = c.socket.Close()
	c.s.gateway.live = slices.DeleteFunc(c.s.gateway.live, func(other *connection) bool { return other == c })
	c.s.stir()
}

// wrong blames the client for what the gateway closes a connection for. The lock is held.
func (c *connection) wrong(code int, format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	c.s.violate("gateway: %d: %s", code, why)
	c.closeWith(code, why)
}

// hear takes one message of the client. The lock is held.
func (c *connection) hear(kind int, text []byte) {
	now := c.s.clock.now()
	c.messages = slices.DeleteFunc(append(c.messages, now), func(at time.Time) bool { return now.Sub(at) > time.Minute })
	var p packet
	switch {
	case kind != websocket.TextMessage || len(text) > longestToGateway:
		c.wrong(codeDecode, "a message of %d bytes and kind %d", len(text), kind)
		return
	case json.Unmarshal(text, &p) != nil:
		c.wrong(codeDecode, "an undecodable message")
		return
	case len(c.messages) > mostToGateway && c.s.clock.follow != nil: // a clock that stands still counts a whole test as one minute
		c.wrong(codeTooFast, "more than %d messages in a minute", mostToGateway)
		return
	}
	switch p.Op {
	case opHeartbeat:
		c.heartbeat(p.Data)
	case opIdentify:
		c.identify(p.Data)
	case opResume:
		c.resume(p.Data)
	case opPresence, opVoice, opMembers, opSoundboard:
		if c.session == nil {
			c.wrong(codeNotIdentified, "operation %d before an identify", p.Op)
		}
	default:
		c.wrong(codeUnknownOp, "unknown operation %d", p.Op)
	}
}

func (c *connection) heartbeat(data json.RawMessage) {
	c.beats++
	var seq *int64
	if err := json.Unmarshal(data, &seq); err != nil {
		c.wrong(codeDecode, "a heartbeat with %.40s", data)
		return
	}
	if seq != nil && c.session != nil && *seq > c.session.seq {
		c.s.violate("gateway: a heartbeat tells %d of %d events", *seq, c.session.seq)
	}
	if !c.twist(OnHeartbeat) {
		c.sendOp(opAck, nil)
	}
}
