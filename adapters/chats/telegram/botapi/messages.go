package botapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// deletable is how long a message can be deleted.
const deletable = 48 * time.Hour

// message is a message as it stands now.
type message struct {
	id         int
	chat       *Chat
	from       *User
	senderChat *Chat
	at, edited time.Time
	thread     int
	replyTo    *message
	text       string
	entities   []Entity
	keyboard   *Keyboard
	asks       bool // it has a markup that is no inline keyboard, which makes it unchangeable
	silent     bool
	protected  bool
	preview    bool   // a link in it may show a preview
	first      string // what it said when it was sent, to tell copies by

	migratedTo, migratedFrom int64
}

func (m *message) byBot() bool { return m.from != nil && m.from.ID == BotID }

// wire is the message as the API tells it, with the one it replies to if that is wanted.
func (m *message) wire(reply bool) *wireMessage {
	w := &wireMessage{
		ID: m.id, Thread: m.thread, InTopic: m.thread != 0, From: m.from, Chat: m.chat.wire(), Date: m.at.Unix(),
		Text: m.text, Entities: m.entities, Protected: m.protected, Keyboard: m.keyboard,
		MigratedTo: m.migratedTo, MigratedFrom: m.migratedFrom,
	}
	if m.senderChat != nil {
		chat := m.senderChat.wire()
		w.SenderChat = &chat
	}
	if !m.edited.IsZero() {
		w.EditDate = m.edited.Unix()
	}
	if reply && m.replyTo != nil {
		w.ReplyTo = m.replyTo.wire(false)
	}
	return w
}

// remove drops a message. The lock is held.
func (c *Chat) remove(id int) {
	c.messages = slices.DeleteFunc(c.messages, func(m *message) bool { return m.id == id })
	c.s.stir()
}

func (s *Server) getMe(Params) (any, *Refusal) {
	return struct {
		*User
		JoinsGroups bool `json:"can_join_groups"`
		ReadsAll    bool `json:"can_read_all_group_messages"`
		Inline      bool `json:"supports_inline_queries"`
	}{botUser(), true, false, false}, nil
}

func (s *Server) sendMessage(p Params) (any, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	if c.muted {
		return nil, bad("not enough rights to send text messages to the chat")
	}
	m := &message{from: botUser(), silent: p.True("disable_notification"), protected: p.True("protect_content")}
	if m.thread, refusal = c.thread(p); refusal != nil {
		return nil, refusal
	}
	text, refusal := s.readText(p)
	if refusal != nil {
		return nil, refusal
	}
	m.text, m.entities = text.text, text.entities
	if m.replyTo, refusal = s.readReply(c, p); refusal != nil {
		return nil, refusal
	}
	if m.keyboard, m.asks, refusal = s.readMarkup(p); refusal != nil {
		return nil, refusal
	}
	m.preview = s.previews(p)
	m.first = m.said()
	if c.Kind == Channel {
		m.from, m.senderChat = nil, c
	}
	return c.post(m).wire(true), nil
}

// said is the message as one text, which a copy of it says too. Two copies do not share what their buttons carry.
func (m *message) said() string {
	parts := []string{m.text}
	for _, row := range m.keyboard.rows() {
		for _, b := range row {
			parts = append(parts, b.Text)
		}
	}
	return strings.Join(parts, "\x00")
}

// readReply finds the message that a call replies to. The lock is held.
func (s *Server) readReply(c *Chat, p Params) (*message, *Refusal) {
	text := p["reply_parameters"]
	if text == "" {
		return nil, nil
	}
	var to struct {
		ID      int    `json:"message_id"`
		Quote   string `json:"quote"`
		Without bool   `json:"allow_sending_without_reply"`
	}
	if err := json.Unmarshal([]byte(text), &to); err != nil {
		return nil, s.blame("can't parse reply parameters JSON object")
	}
	m := c.find(to.ID)
	switch {
	case m == nil && to.Without:
		return nil, nil
	case m == nil:
		return nil, bad("message to be replied not found")
	case !strings.Contains(m.text, to.Quote):
		return nil, s.blame("QUOTE_TEXT_INVALID")
	}
	return m, nil
}

// previews tells whether the platform may look at the links of a message. The lock is held.
func (s *Server) previews(p Params) bool {
	var options struct {
		Off bool `json:"is_disabled"`
	}
	if text := p["link_preview_options"]; text != "" {
		if err := json.Unmarshal([]byte(text), &options); err != nil {
			s.violate("link_preview_options: %v", err)
		}
	}
	return !options.Off
}

// editable finds the message that a call edits. The lock is held.
func (s *Server) editable(p Params) (*message, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	if p.Int("message_id") <= 0 {
		return nil, s.blame("message identifier is not specified")
	}
	m := c.find(int(p.Int("message_id")))
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case !m.byBot() && m.senderChat != c || m.asks:
		return nil, bad("message can't be edited")
	}
	return m, nil
}

func (s *Server) editMessageText(p Params) (any, *Refusal) {
	m, refusal := s.editable(p)
	if refusal != nil {
		return nil, refusal
	}
	text, refusal := s.readText(p)
	if refusal != nil {
		return nil, refusal
	}
	return s.edit(m, p, text)
}

func (s *Server) editMessageReplyMarkup(p Params) (any, *Refusal) {
	m, refusal := s.editable(p)
	if refusal != nil {
		return nil, refusal
	}
	return s.edit(m, p, formatted{text: m.text, entities: m.entities})
}

// edit gives a message another text and the keyboard of a call, which is none if the call names none. The lock is held.
func (s *Server) edit(m *message, p Params, text formatted) (any, *Refusal) {
	keyboard, asks, refusal := s.readMarkup(p)
	switch {
	case refusal != nil:
		return nil, refusal
	case asks:
		return nil, s.blame("inline keyboard expected")
	case text.text == m.text && slices.EqualFunc(text.entities, m.entities, same) && same(keyboard, m.keyboard):
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	m.text, m.entities, m.keyboard, m.edited = text.text, text.entities, keyboard, s.clock.now()
	if p["text"] != "" {
		m.preview = s.previews(p)
	}
	return m.wire(true), nil
}

// same compares two things of a message with all they point to.
func same[T any](a, b T) bool { return reflect.DeepEqual(a, b) }

func (s *Server) deleteMessage(p Params) (any, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	if p.Int("message_id") <= 0 {
		return nil, s.blame("message identifier is not specified")
	}
	m := c.find(int(p.Int("message_id")))
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case s.clock.now().Sub(m.at) >= deletable:
		return nil, bad("message can't be deleted for everyone")
	case !m.byBot() && c.Kind != Private && c.bot != "administrator":
		return nil, bad("message can't be deleted")
	}
	c.remove(m.id)
	return true, nil
}

func (s *Server) sendChatAction(p Params) (any, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	if _, refusal := c.thread(p); refusal != nil {
		return nil, refusal
	}
	known := []string{
		"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note",
	}
	if !slices.Contains(known, p["action"]) {
		return nil, s.blame("wrong parameter action in request")
	}
	return true, nil
}
