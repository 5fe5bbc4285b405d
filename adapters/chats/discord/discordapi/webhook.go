package discordapi

import "slices"

// hook finds the interaction whose token a call brings. The lock is held.
func (s *Server) hook(call *Call) (*Interaction, *Refusal) {
	at := slices.IndexFunc(s.interactions, func(i *Interaction) bool { return i.Token == call.holes["token"] })
	if at < 0 || call.holes["app"] != BotID {
		return nil, s.blame(unknownWebhook)
	}
	i := s.interactions[at]
	tried := func(c Call) bool { return c.Name == "create_interaction_response" && c.holes["interaction"] == i.ID }
	switch {
	case i.answer == Unanswered && !slices.ContainsFunc(s.calls, tried):
		return nil, s.blame(unknownWebhook)
	case i.answer == Unanswered: // the answer came too late or got lost on its way
		return nil, unknownWebhook
	case i.answer == Suggests:
		return nil, s.blame(unknownWebhook)
	case s.clock.now().Sub(i.at) > tokenLife:
		return nil, invalidWebhookToken
	}
	return i, nil
}

// first finds the message that @original stands for.
func (s *Server) first(call *Call) (*message, *Refusal) {
	i, refused := s.hook(call)
	if refused != nil {
		return nil, refused
	}
	if i.original == nil || i.original.channel.find(i.original.id) == nil {
		return nil, unknownMessage
	}
	return i.original, nil
}

// followed finds a message that the interaction brought, its first answer among them.
func (s *Server) followed(call *Call) (*message, *Refusal) {
	i, refused := s.hook(call)
	if refused != nil {
		return nil, refused
	}
	m := i.seat.channel.find(call.holes["message"])
	if m == nil || m.answers != i && m != i.original {
		return nil, unknownMessage
	}
	return m, nil
}

// followUp says one more thing. While the bot thinks it is the answer that was put off, and as private as that is.
func (s *Server) followUp(call *Call) (any, *Refusal) {
	i, refused := s.hook(call)
	if refused != nil {
		return nil, refused
	}
	m := i.original
	if m != nil && m.thinking() && m.channel.find(m.id) != nil {
		refused = s.change(m, call.Body, "")
	} else {
		m, refused = i.fresh(call.Body, "")
	}
	if refused != nil {
		return nil, refused
	}
	return m.wire(), nil
}

func (s *Server) getOriginal(call *Call) (any, *Refusal)    { return s.show(s.first(call)) }
func (s *Server) getFollowUp(call *Call) (any, *Refusal)    { return s.show(s.followed(call)) }
func (s *Server) deleteOriginal(call *Call) (any, *Refusal) { return s.drop(s.first(call)) }
func (s *Server) deleteFollowUp(call *Call) (any, *Refusal) { return s.drop(s.followed(call)) }

func (s *Server) updateOriginal(call *Call) (any, *Refusal) {
	m, refused := s.first(call)
	return s.edit(call, m, refused)
}

func (s *Server) updateFollowUp(call *Call) (any, *Refusal) {
	m, refused := s.followed(call)
	return s.edit(call, m, refused)
}

func (s *Server) show(m *message, refused *Refusal) (any, *Refusal) {
	if refused != nil {
		return nil, refused
	}
	return m.wire(), nil
}

func (s *Server) drop(m *message, refused *Refusal) (any, *Refusal) {
	if refused == nil {
		s.remove(m)
	}
	return nil, refused
}

func (s *Server) edit(call *Call, m *message, refused *Refusal) (any, *Refusal) {
	if refused == nil {
		refused = s.change(m, call.Body, "")
	}
	return s.show(m, refused)
}
