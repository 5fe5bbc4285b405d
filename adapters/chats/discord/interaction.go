package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// What brings an interaction, and the kinds of first answers
// (https://discord.com/developers/docs/interactions/receiving-and-responding).
const (
	byCommand = 2
	byPress   = 3
	byTyping  = 4
	byForm    = 5

	thinkFirst   = 5
	changeLater  = 6
	suggestFirst = 8
	openForm     = 9
)

// The times of an interaction.
const (
	ackLimit    = 2700 * time.Millisecond // of Discord's three seconds
	recordFirst = 700 * time.Millisecond  // so long the acknowledgement waits for the inbox
	shortestTry = 100 * time.Millisecond
	lateBy      = 61 * time.Second // one that Discord calls too old was late by more than talk acts on
)

// interaction is what somebody did, as far as it is needed here. The library's own reading loses all of it when one field
// is of a kind it does not know.
type interaction struct {
	ID      string `json:"id"`
	App     string `json:"application_id"`
	Token   string `json:"token,omitempty"` // not on record
	Type    int    `json:"type"`
	Guild   string `json:"guild_id,omitempty"`
	Channel string `json:"channel_id"`
	Member  *struct {
		Nick string  `json:"nick,omitempty"`
		User *person `json:"user,omitempty"`
	} `json:"member,omitempty"`
	User    *person  `json:"user,omitempty"`
	Data    data     `json:"data"`
	Message *pressed `json:"message,omitempty"`
}

type person struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Called   string `json:"global_name,omitempty"`
	Bot      bool   `json:"bot,omitempty"`
}

type data struct {
	Name       string   `json:"name,omitempty"`
	CustomID   string   `json:"custom_id,omitempty"`
	Options    []option `json:"options,omitempty"`
	Values     []string `json:"values,omitempty"`     // of a select: what was chosen
	Components []field  `json:"components,omitempty"` // of a form: what was filled in
}

type option struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value,omitempty"`
	Focused bool            `json:"focused,omitempty"`
}

type pressed struct {
	ID    string `json:"id"`
	Flags int    `json:"flags,omitempty"`
}

// mostRaw bounds what is read of an interaction; Discord's are much shorter.
const mostRaw = 256 << 10

// decode reads an interaction.
func decode(raw []byte) (*interaction, error) {
	if len(raw) > mostRaw {
		return nil, errors.New("an interaction that is too long")
	}
	var i interaction
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&i); err != nil {
		return nil, errors.New("an interaction that is not readable")
	}
	if i.ID == "" || i.Channel == "" {
		return nil, errors.New("an interaction without a place")
	}
	return &i, nil
}

// who is the person behind an interaction: the member in a guild, the user in private, and nobody otherwise.
func (i *interaction) who() *person {
	p := i.User
	if i.Guild != "" {
		p = nil
		if i.Member != nil {
			p = i.Member.User
		}
	}
	if p == nil || p.ID == "" || p.Bot {
		return nil
	}
	return p
}

// private tells whether only the person sees the message that was pressed on, or the answer of a command.
func (i *interaction) private() bool {
	return i.Guild == "" || i.Type != byPress || i.Message != nil && i.Message.Flags&ephemeral != 0
}

// text is the option of a command, as it was typed.
func (i *interaction) text() string {
	for _, o := range i.Data.Options {
		var words string
		if json.Unmarshal(o.Value, &words) == nil {
			return words
		}
	}
	return ""
}

// interacted takes in what somebody did: it is written down and acknowledged, in this order where that is quick.
func (c *Chat) interacted(ctx context.Context, raw []byte) {
	i, err := decode(raw)
	switch {
	case err != nil:
		c.log.Warn("interaction set aside", slog.Any("cause", err))
		return
	case i.who() == nil || i.Token == "" || i.Guild != "" && i.Guild != c.cfg.Guild:
		return // nobody, or a guild that is not the household's
	case i.Type == byTyping:
		c.suggest(ctx, i)
		return
	case i.Type == byCommand && c.asks(i):
		c.ask(ctx, i)
		return
	case i.Type != byCommand && i.Type != byPress && (i.Type != byForm || i.formOf() == ""):
		return // nothing of this bot's brings others
	}
	grip := c.live.add(i)
	recorded := make(chan error, 1)
	go func() { recorded <- c.record(ctx, *i) }() // waited for below
	timer := time.NewTimer(recordFirst)
	defer timer.Stop()
	var done bool
	select {
	case err = <-recorded:
		done = true
	case <-timer.C:
	}
	grip.err = c.acknowledge(ctx, i)
	if grip.err == nil && i.Message != nil {
		c.live.holds(i.Message.ID, grip)
	}
	close(grip.acked)
	if !done {
		err = <-recorded
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("interaction not recorded", slog.Any("cause", err))
		told := core.RecordError(err)
		card := talk.Card{Tone: talk.Warn, Private: true, Summary: talk.Words(told.Text.String()), Body: []talk.Text{talk.Words(told.Hint.String())}}
		if err := (&answer{chat: c, on: i}).show(ctx, talk.Reply{Card: card}); err != nil {
			c.log.Warn("answer not shown", slog.Any("cause", err))
		}
	}
}

// record writes an interaction down without its token.
func (c *Chat) record(ctx context.Context, i interaction) error {
	i.Token = ""
	raw, err := json.Marshal(i)
	if err != nil {
		return err
	}
	m := core.Message{Chat: core.Discord, Key: i.ID, Raw: raw, Arrived: c.now()}
	return c.intake.Receive(ctx, []core.Message{m}, c.budget.String())
}

// acknowledge gives the first answer, so that the person's app stops waiting.
func (c *Chat) acknowledge(ctx context.Context, i *interaction) error {
	if i.Type == byPress {
		return c.callback(ctx, i, map[string]any{"type": changeLater})
	}
	return c.callback(ctx, i, map[string]any{"type": thinkFirst, "data": map[string]any{"flags": ephemeral}})
}

// callback gives the first answer to an interaction, while Discord takes one.
func (c *Chat) callback(ctx context.Context, i *interaction, first any) error {
	ctx, cancel := context.WithTimeout(ctx, ackLimit)
	defer cancel()
	k := call{"first answer", http.MethodPost, "/interactions/" + i.ID + "/" + i.Token + "/callback", true}
	for {
		err := c.client.do(ctx, k, first, nil)
		f := failureOf(err)
		switch {
		case f == nil, f.code == acknowledged:
			return nil
		case f.err == nil && f.status < http.StatusInternalServerError && f.status != http.StatusTooManyRequests:
			return err
		case !pause(ctx, max(f.after, shortestTry)):
			return err
		}
	}
}

// read understands an interaction of the inbox. Nobody and nothing to answer has a nil Answer.
func (c *Chat) read(m core.Message) talk.Incoming {
	i, err := decode(m.Raw)
	if err != nil || i.who() == nil {
		return talk.Incoming{}
	}
	p := i.who()
	r := talk.Request{
		From: core.Contact{Chat: core.Discord, User: p.ID}, Called: called(i, p), Room: i.Channel, Private: i.private(), At: m.Arrived,
	}
	line := p.ID
	switch i.Type {
	case byCommand:
		r.Text = i.Data.Name + " " + i.text()
	case byPress:
		if i.Message == nil {
			return talk.Incoming{}
		}
		r.Message = nameOf(i.Message)
		r.Handle, r.Text = carried(i.chosen())
		line = i.Message.ID // a press that works for seconds keeps nobody waiting but those who press on the same message
	case byForm:
		r.Text = i.formOf() + " " + i.filled()
	default:
		return talk.Incoming{}
	}
	a := &answer{chat: c, on: i, request: r}
	return talk.Incoming{Request: r, Line: line, Prepare: a.prepare, Answer: a.show}
}

// called is what a person calls themselves.
func called(i *interaction, p *person) string {
	if i.Member != nil && i.Member.Nick != "" {
		return i.Member.Nick
	}
	if p.Called != "" {
		return p.Called
	}
	return p.Username
}

// ownPrefix begins the name of a message that only its reader sees: it can be changed by a token alone.
const ownPrefix = "e:"

// nameOf is a message as requests and sources name it.
func nameOf(m *pressed) string {
	if m.Flags&ephemeral != 0 {
		return ownPrefix + m.ID
	}
	return m.ID
}
