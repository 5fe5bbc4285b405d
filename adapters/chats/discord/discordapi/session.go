package discordapi

import (
	"encoding/json"
	"fmt"
	"strings"
)

// identify begins a session. The lock is held.
func (c *connection) identify(data json.RawMessage) {
	var body struct {
		Token      string            `json:"token"`
		Intents    *int              `json:"intents"`
		Compress   bool              `json:"compress"`
		Properties map[string]string `json:"properties"`
		Shard      []int             `json:"shard"`
	}
	err := json.Unmarshal(data, &body)
	s := c.s
	switch {
	case err != nil:
		c.wrong(codeDecode, "an undecodable identify: %v", err)
		return
	case c.session != nil && !c.invalid:
		c.wrong(codeIdentified, "identified a second time on one connection")
		return
	}
	id := Identify{At: s.clock.now(), Compress: body.Compress, Properties: body.Properties}
	if body.Intents != nil {
		id.Intents = *body.Intents
	}
	s.gateway.identified = append(s.gateway.identified, id)
	if s.today() == s.gateway.budget+1 {
		s.violate("gateway: more than %d identifies in 24 hours: the platform resets the token", s.gateway.budget)
		s.resetToken()
		return
	}
	switch {
	case s.reset || !authentic(body.Token):
		c.closeWith(codeAuthFailed, "Authentication failed.")
	case body.Intents == nil || id.Intents&^allIntents != 0:
		c.wrong(codeInvalidIntents, "Invalid intent(s).")
	case id.Intents&intentPrivileged != 0:
		c.wrong(codeNotPrivileged, "Disallowed intent(s).")
	case len(body.Shard) == 2 && (body.Shard[0] != 0 || body.Shard[1] != 1):
		c.wrong(codeInvalidShard, "Invalid shard.")
	case len(body.Properties) == 0:
		c.wrong(codeDecode, "an identify without properties")
	case !c.twist(OnIdentify):
		c.begin(id.Intents)
	}
}

// authentic tells whether a token is the bot's. The gateway takes it with or without the word that calls put before it.
func authentic(token string) bool { return strings.TrimPrefix(token, "Bot ") == Token }

// begin makes a session and tells what there is. The lock is held.
func (c *connection) begin(intents int) {
	s := c.s
	if c.session != nil {
		c.session.on = nil
	}
	session := &session{id: fmt.Sprintf("%s-%d", Canary, len(s.gateway.identified)), intents: intents, on: c}
	s.gateway.sessions[session.id] = session
	c.session, c.invalid = session, false
	guilds := []any{}
	for _, g := range s.sorted() {
		guilds = append(guilds, map[string]any{"id": g.ID, "unavailable": true})
	}
	c.announce("READY", map[string]any{
		"v": 10, "user": botUser(), "guilds": guilds, "session_id": session.id, "resume_gateway_url": s.gatewayURL(), "session_type": "normal",
		"application": map[string]any{"id": BotID, "flags": 0}, "shard": []int{0, 1}, "private_channels": []any{}, "_trace": []string{"test"},
	})
	c.twist(AfterReady)
	if intents&intentGuilds == 0 {
		return
	}
	for _, g := range s.sorted() {
		c.announce("GUILD_CREATE", g.wire(true))
	}
}

// announce tells this connection's session alone. The lock is held.
func (c *connection) announce(name string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		c.s.violate("gateway: %s: %v", name, err)
		return
	}
	c.session.tell(name, raw)
}

// resume goes on with a session: what was missed is told, then that it was resumed. The lock is held.
func (c *connection) resume(data json.RawMessage) {
	var body struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		c.wrong(codeDecode, "an undecodable resume: %v", err)
		return
	}
	s := c.s
	session := s.gateway.sessions[body.Session]
	switch {
	case c.session != nil && !c.invalid:
		c.wrong(codeIdentified, "resumed on a connection that has a session")
	case s.reset || !authentic(body.Token):
		c.closeWith(codeAuthFailed, "Authentication failed.")
	case c.twist(OnResume):
	case session == nil || session.id == "", session.on == nil && s.clock.now().Sub(session.left) > sessionLife:
		delete(s.gateway.sessions, body.Session)
		c.invalidate(false)
	case body.Seq > session.seq || body.Seq < 0:
		c.closeWith(codeInvalidSeq, "Invalid seq.")
	default:
		if old := session.on; old != nil && old != c {
			old.session = nil
			old.cut()
		}
		session.on, c.session, c.invalid = c, session, false
		s.gateway.resumes++
		for seq := body.Seq; seq < session.seq; seq++ {
			missed := session.sent[seq]
			c.event(seq+1, missed.name, missed.data)
		}
		c.announce("RESUMED", map[string]any{"_trace": []string{"test"}})
		c.twist(AfterReady)
	}
}
