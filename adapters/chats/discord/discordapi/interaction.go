package discordapi

import (
	"fmt"
	"slices"
	"time"
)

const (
	patience  = 3 * time.Second  // how long an interaction waits for its first answer
	tokenLife = 15 * time.Minute // how long its token is good for more
)

// What brings an interaction, as the API numbers it.
const (
	byCommand   = 2
	byComponent = 3
	byTyping    = 4
	byForm      = 5
)

// Answer is a kind of first answer to an interaction, as the API numbers it.
type Answer int

// The kinds of first answers.
const (
	Unanswered   Answer = 0
	Says         Answer = 4 // a message
	SaysLater    Answer = 5 // a message that shows the bot thinking until it is edited
	ChangesLater Answer = 6 // nothing yet; the message that was pressed may be edited
	Changes      Answer = 7 // the message that was pressed, edited
	Suggests     Answer = 8 // what fits the text typed so far
	Opens        Answer = 9 // a form
)

// Interaction is what a person did on its way to an answer.
type Interaction struct {
	ID    string
	Token string

	s         *Server
	seat      Seat
	kind      int
	at        time.Time
	source    *message // whose component it was, or the form's that a component opened
	before    int      // how often that message had changed by then
	option    int      // the kind of the option that is being typed
	answer    Answer
	by        int // the index of the call that answered it
	original  *message
	form      *Form
	choices   []Choice
	late      int
	submitted bool
}

// start puts an interaction down and tells the bot. The lock is held.
func (s *Server) start(x Seat, kind int, data map[string]any, source *message) *Interaction {
	i := &Interaction{ID: s.newID(), s: s, seat: x, kind: kind, at: s.clock.now(), source: source}
	if source != nil {
		i.before = source.changes
	}
	i.Token = "aW50ZXJhY3Rpb24." + Canary + "." + i.ID
	s.interactions = append(s.interactions, i)
	payload := i.payload(data)
	if x.garble != nil {
		x.garble(payload)
	}
	s.dispatch("INTERACTION_CREATE", payload)
	return i
}

// payload is what the bot is told of an interaction. The one who did it is in member.user in a guild and in user elsewhere.
func (i *Interaction) payload(data map[string]any) map[string]any {
	c, p := i.seat.channel, i.seat.person
	w := map[string]any{
		"id": i.ID, "application_id": BotID, "type": i.kind, "token": i.Token, "version": 1, "data": data,
		"channel_id": c.ID, "channel": c.wire(), "locale": p.Locale, "app_permissions": c.may().String(),
		"entitlements": []any{}, "authorizing_integration_owners": map[string]string{"0": "0"}, "context": InBotDM,
		"attachment_size_limit": 10485760,
	}
	if i.source != nil {
		w["message"] = i.source.wire()
	}
	if g := c.guild; g != nil {
		w["guild_id"], w["guild_locale"], w["context"] = g.ID, g.Locale, InGuild
		w["guild"] = map[string]any{"id": g.ID, "locale": g.Locale, "features": []string{}}
		w["authorizing_integration_owners"] = map[string]string{"0": g.ID}
		w["member"] = p.member(g)
	} else {
		w["user"] = p.user()
	}
	if i.seat.faceless {
		delete(w, "member")
		delete(w, "user")
	}
	return w
}

// Answer is the kind of the first answer so far.
func (i *Interaction) Answer() Answer {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.answer
}

// Await waits for the first answer.
func (i *Interaction) Await() Answer {
	i.s.t.Helper()
	i.s.Await("the answer to an interaction", func() bool { return i.Answer() != Unanswered })
	return i.Answer()
}

// AwaitMessage waits until the message that answers is there and the bot does not think any more. After a change it is the
// message that was pressed.
func (i *Interaction) AwaitMessage() Shown {
	i.s.t.Helper()
	var shown Shown
	i.s.Await("the message that answers an interaction", func() bool {
		i.s.mu.Lock()
		defer i.s.mu.Unlock()
		there := i.original != nil && !i.original.thinking() && i.original.channel.find(i.original.id) != nil
		if there {
			shown = i.original.shown()
		}
		return there && (i.answer != ChangesLater || i.original.changes > i.before)
	})
	return shown
}

// AwaitChoices waits for what is suggested for the text typed so far.
func (i *Interaction) AwaitChoices() []Choice {
	i.s.t.Helper()
	if kind := i.Await(); kind != Suggests {
		i.s.t.Fatalf("discord: answered with %d, not with suggestions", kind)
	}
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return slices.Clone(i.choices)
}

// AwaitForm waits for a form.
func (i *Interaction) AwaitForm() Form {
	i.s.t.Helper()
	if kind := i.Await(); kind != Opens {
		i.s.t.Fatalf("discord: answered with %d, not with a form", kind)
	}
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return *i.form
}

// Failed tells whether the person reads that the interaction failed: it was not answered within three seconds, or the bot
// still thinks after fifteen minutes.
func (i *Interaction) Failed() bool {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	age := i.s.clock.now().Sub(i.at)
	return i.answer == Unanswered && age > patience || i.original != nil && i.original.thinking() && age > tokenLife
}

// Late returns how often a first answer came too late.
func (i *Interaction) Late() int {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.late
}

// Unanswered returns the interactions without a first answer, the oldest first.
func (s *Server) Unanswered() []*Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.interactions), func(i *Interaction) bool { return i.answer != Unanswered })
}

// Interactions returns all that people did, the oldest first.
func (s *Server) Interactions() []*Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.interactions)
}

// allowed are the first answers that fit what brought the interaction.
func (i *Interaction) allowed() []Answer {
	switch {
	case i.kind == byTyping:
		return []Answer{Suggests}
	case i.kind == byCommand:
		return []Answer{Says, SaysLater, Opens}
	case i.kind == byForm && i.source == nil:
		return []Answer{Says, SaysLater}
	case i.kind == byForm:
		return []Answer{Says, SaysLater, ChangesLater, Changes}
	}
	return []Answer{Says, SaysLater, ChangesLater, Changes, Opens}
}

// String tells an interaction in a line, without its token.
func (i *Interaction) String() string {
	return fmt.Sprintf("interaction %s of %s, kind %d, answer %d", i.ID, i.seat.person.Name, i.kind, i.answer)
}
