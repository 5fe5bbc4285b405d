package discordapi

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// rememberNonce is how long a nonce keeps a message from being made again. The documentation says only "the past few
// minutes", which is this many at least.
const rememberNonce = 3 * time.Minute

// nonce is a message that was made with one.
type nonce struct {
	message *message
	at      time.Time
}

// message is a message of the bot as it stands now.
type message struct {
	id         string
	channel    *Channel
	at, edited time.Time
	content    string
	embeds     []Embed
	components []*component
	flags      int
	viewer     *Person      // who alone sees it; nil: everybody in the channel
	answers    *Interaction // which brought it; nil: none
	replyTo    *message
	pings      []string
	changes    int
	first      string // what it said when it was sent, to tell copies by
}

func (m *message) thinking() bool { return m.flags&flagLoading != 0 }

// copied is a message of its own that a change can be tried on.
func (m *message) copied() *message {
	c := *m
	return &c
}

// post adds a message to its channel. The lock is held.
func (s *Server) post(m *message) {
	m.id, m.at = s.newID(), s.clock.now()
	m.sign()
	m.channel.messages = append(m.channel.messages, m)
	s.stir()
}

// sign puts down what a message says for the first time.
func (m *message) sign() {
	if m.thinking() {
		return
	}
	texts := m.texts()
	for _, e := range m.embeds {
		texts = append(texts, e.Title, e.Description)
	}
	for _, c := range flatten(m.components) {
		texts = append(texts, c.Label)
	}
	m.first = strings.Join(texts, "\x00")
}

// remove takes a message from its channel. The lock is held.
func (s *Server) remove(m *message) {
	m.channel.messages = slices.DeleteFunc(m.channel.messages, func(other *message) bool { return other == m })
	s.stir()
}

// find returns a message, or nil. The lock is held.
func (c *Channel) find(id string) *message {
	for _, m := range c.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

// wire is the message as the API tells it.
func (m *message) wire() map[string]any {
	w := map[string]any{
		"id": m.id, "channel_id": m.channel.ID, "type": 0, "content": m.content, "timestamp": stamp(m.at), "edited_timestamp": nil,
		"author": botUser(), "application_id": BotID, "flags": m.flags, "tts": false, "mention_everyone": false, "mentions": []any{},
		"mention_roles": []any{}, "attachments": []any{}, "pinned": false,
		"embeds": m.embeds, "components": m.components,
	}
	if m.embeds == nil {
		w["embeds"] = []any{}
	}
	if m.components == nil {
		w["components"] = []any{}
	}
	if !m.edited.IsZero() {
		w["edited_timestamp"] = stamp(m.edited)
	}
	if m.answers != nil {
		w["webhook_id"] = BotID
		if m.answers.kind == byCommand {
			w["type"] = 20
		}
	}
	if m.replyTo != nil {
		w["type"] = 19
		w["message_reference"] = map[string]string{"message_id": m.replyTo.id, "channel_id": m.channel.ID}
	}
	return w
}

func (s *Server) createMessage(call *Call) (any, *Refusal) {
	c, refused := s.channel(call)
	if refused != nil {
		return nil, refused
	}
	if refused := c.takes(SendMessages); refused != nil {
		return nil, refused
	}
	var f form
	d := s.readDraft(call.Body, "", &f)
	m := &message{channel: c}
	d.merge(m, "", &f)
	key := d.nonce(&f)
	if m.flags&flagEphemeral != 0 {
		f.add("flags", "BASE_TYPE_INVALID", "only an answer to an interaction can be private")
	}
	if refused := s.judge(&f); refused != nil {
		return nil, refused
	}
	if m.empty() {
		return nil, s.blame(emptyMessage)
	}
	if len(m.embeds) > 0 {
		if refused := c.takes(EmbedLinks); refused != nil {
			return nil, refused
		}
	}
	if refused := m.reply(d); refused != nil {
		return nil, refused
	}
	if before, known := s.nonces[key]; d.EnforceNonce && known && s.clock.now().Sub(before.at) <= rememberNonce {
		return before.message.wire(), nil
	}
	s.watchPings(d, m)
	s.post(m)
	w := m.wire()
	if key != "" {
		s.nonces[key] = nonce{m, m.at}
		w["nonce"] = d.Nonce
	}
	return w, nil
}

// takes tells whether the bot may do something in a channel that it sees. The lock is held.
func (c *Channel) takes(p Permission) *Refusal {
	if c.person != nil {
		if c.person.closed || !c.s.shares(c.person) {
			return cannotSend
		}
		return nil
	}
	if !c.may().has(p) {
		return missingPermissions
	}
	return nil
}

// reply finds the message that a draft replies to.
func (m *message) reply(d draft) *Refusal {
	if d.Reference == nil {
		return nil
	}
	if m.replyTo = m.channel.find(d.Reference.Message); m.replyTo == nil || m.replyTo.viewer != nil {
		return &Refusal{
			Status: 400, Code: 50035, Message: "Invalid Form Body",
			Wrong: []Wrong{{"message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"}},
		}
	}
	return nil
}

// nonce reads the nonce of a draft: a text or a whole number. It returns it as it stands there; empty: there is none.
func (d draft) nonce(f *form) string {
	if len(d.Nonce) == 0 || string(d.Nonce) == "null" {
		return ""
	}
	var text string
	var number int64
	if json.Unmarshal(d.Nonce, &text) != nil && json.Unmarshal(d.Nonce, &number) != nil {
		f.add("nonce", "BASE_TYPE_INVALID", "a nonce is a text or a whole number")
	}
	f.length("nonce", text, 0, longestNonce)
	return string(d.Nonce)
}

// mine finds a message that everybody sees.
func (s *Server) mine(call *Call) (*message, *Refusal) {
	c, refused := s.channel(call)
	if refused != nil {
		return nil, refused
	}
	m := c.find(call.holes["message"])
	if m == nil || m.viewer != nil { // what is private is there for its interaction only
		return nil, unknownMessage
	}
	return m, nil
}

func (s *Server) getMessage(call *Call) (any, *Refusal) {
	m, refused := s.mine(call)
	if refused != nil {
		return nil, refused
	}
	if m.channel.guild != nil && !m.channel.may().has(ReadMessageHistory) {
		return nil, missingAccess
	}
	return m.wire(), nil
}

func (s *Server) updateMessage(call *Call) (any, *Refusal) {
	m, refused := s.mine(call)
	if refused != nil {
		return nil, refused
	}
	if refused := s.change(m, call.Body, ""); refused != nil {
		return nil, refused
	}
	return m.wire(), nil
}

func (s *Server) deleteMessage(call *Call) (any, *Refusal) {
	m, refused := s.mine(call)
	if refused != nil {
		return nil, refused
	}
	s.remove(m)
	return nil, nil
}

// change carries a change to a message out, if the message that would come of it is right. The lock is held.
func (s *Server) change(m *message, body json.RawMessage, path string) *Refusal {
	var f form
	d := s.readDraft(body, path, &f)
	tried := m.copied()
	tried.flags &^= flagLoading
	d.merge(tried, path, &f)
	if refused := s.judge(&f); refused != nil {
		return refused
	}
	if tried.empty() {
		return s.blame(emptyMessage)
	}
	if d.has("content") || d.has("components") {
		s.watchPings(d, tried)
	}
	if m.thinking() {
		tried.sign()
	} else {
		tried.edited = s.clock.now()
	}
	tried.changes++
	*m = *tried
	s.stir()
	return nil
}
