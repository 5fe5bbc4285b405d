package discordapi

import (
	"encoding/json"
	"slices"
)

// callback takes the first answer to an interaction.
func (s *Server) callback(call *Call) (any, *Refusal) {
	at := slices.IndexFunc(s.interactions, func(i *Interaction) bool { return i.ID == call.holes["interaction"] })
	if at < 0 || s.interactions[at].Token != call.holes["token"] {
		return nil, s.blame(unknownInteraction)
	}
	i := s.interactions[at]
	switch {
	case i.answer != Unanswered && s.calls[i.by].fault != nil: // the client could not know that it was taken
		return nil, acknowledged
	case i.answer != Unanswered:
		return nil, s.blame(acknowledged)
	case s.clock.now().Sub(i.at) > patience:
		i.late++
		return nil, unknownInteraction
	}
	var body struct {
		Type Answer          `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	f := call.read(&body)
	if !slices.Contains(i.allowed(), body.Type) {
		f.add("type", "BASE_TYPE_CHOICES", "Value must be one of %v.", i.allowed())
	}
	if refused := s.judge(f); refused != nil {
		return nil, refused
	}
	if string(body.Data) == "null" {
		body.Data = nil
	}
	if refused := i.take(body.Type, body.Data); refused != nil {
		return nil, refused
	}
	i.answer, i.by = body.Type, s.doing
	s.stir()
	if call.Query.Get("with_response") != "true" {
		return nil, nil
	}
	return i.response(), nil
}

// take carries a first answer out. The lock is held.
func (i *Interaction) take(kind Answer, data json.RawMessage) *Refusal {
	switch kind {
	case Says:
		return i.say(data)
	case SaysLater:
		return i.think(data)
	case ChangesLater:
		i.original = i.source
		return nil
	case Changes:
		if i.source.channel.find(i.source.id) == nil {
			return unknownMessage
		}
		i.original = i.source
		return i.s.change(i.source, data, "data")
	case Suggests:
		return i.suggest(data)
	default: // Opens: no other is allowed
		return i.open(data)
	}
}

// fresh makes a message of a draft that is to answer. The lock is held.
func (i *Interaction) fresh(body json.RawMessage, path string) (*message, *Refusal) {
	var f form
	d := i.s.readDraft(body, path, &f)
	m := &message{channel: i.seat.channel, answers: i}
	d.merge(m, path, &f)
	if refused := i.s.judge(&f); refused != nil {
		return nil, refused
	}
	if m.empty() {
		return nil, i.s.blame(emptyMessage)
	}
	if m.flags&flagEphemeral != 0 {
		m.viewer = i.seat.person
	}
	i.s.watchPings(d, m)
	i.s.post(m)
	return m, nil
}

func (i *Interaction) say(data json.RawMessage) *Refusal {
	m, refused := i.fresh(data, "data")
	if refused == nil {
		i.original = m
	}
	return refused
}

// think posts a message that is still to come. All it takes is whether it will be private.
func (i *Interaction) think(data json.RawMessage) *Refusal {
	var f form
	d := i.s.readDraft(data, "data", &f)
	if d.Flags&^flagEphemeral != 0 {
		f.add("data.flags", "BASE_TYPE_INVALID", "a deferred message takes only the flag EPHEMERAL")
	}
	for name, value := range d.said {
		if name != "flags" && !blank(value) {
			f.add("data."+name, "BASE_TYPE_INVALID", "a deferred message takes only flags")
		}
	}
	if refused := i.s.judge(&f); refused != nil {
		return refused
	}
	i.original = &message{channel: i.seat.channel, answers: i, flags: flagLoading | d.Flags}
	if d.Flags&flagEphemeral != 0 {
		i.original.viewer = i.seat.person
	}
	i.s.post(i.original)
	return nil
}

func (i *Interaction) suggest(data json.RawMessage) *Refusal {
	var body struct {
		Choices []Choice `json:"choices"`
	}
	f := Call{Body: data}.read(&body)
	f.choices("data.choices", body.Choices, i.option)
	if refused := i.s.judge(f); refused != nil {
		return refused
	}
	i.choices = body.Choices
	return nil
}

// response is what a first answer is answered with, if the client asks for it.
func (i *Interaction) response() any {
	about := map[string]any{"id": i.ID, "type": i.kind}
	resource := map[string]any{"type": i.answer}
	if m := i.original; m != nil {
		about["response_message_id"], about["response_message_loading"] = m.id, m.thinking()
		about["response_message_ephemeral"] = m.viewer != nil
		resource["message"] = m.wire()
	}
	return map[string]any{"interaction": about, "resource": resource}
}
