package watch

import (
	"context"

	"latchstring/core"
)

// Parts returns what each reason has of the score of a sign-in, and how many nats no reason has.
func Parts(m *Memory, s *core.SignIn) (parts map[core.ReasonKind]float64, rest float64) {
	v := m.look(s)
	c := m.weigh(s, &v)
	parts, rest = map[core.ReasonKind]float64{}, c.total
	for i, nats := range c.parts {
		parts[reasons[i]] = nats
		rest -= nats
	}
	return parts, rest
}

// Reasons in the order in which one is preferred.
func Reasons() []core.ReasonKind { return reasons[:] }

// ReadAgent tells what an agent line is taken for.
func ReadAgent(line string) (system, browser string, version uint16, automated bool) {
	f := readAgent(line)
	return f.system, f.browser, f.version, f.automated
}

// Floor is what no assessment can do without: two look-ups and thirty distances.
func Floor(m *Memory, s *core.SignIn) float64 {
	here, _ := spotOf(s.Where)
	var far float32
	for i := range 30 {
		far += m.places[i%len(m.places)].spot.apart(here)
	}
	if m.subnets.has(uint64(far)) || m.devices.has(uint64(far)) {
		return 0
	}
	return float64(far)
}

// Ends is how many questions the watcher's memory has seen end in an answer, and how many in silence.
func Ends(ctx context.Context, w *Watcher) (answers, silences uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, err := w.recall(ctx)
	if err != nil {
		return 0, 0
	}
	return st.memory.answers, st.memory.silences
}
