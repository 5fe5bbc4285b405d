package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// maxLine bounds one line of the replay, in bytes; maxHouseholds bounds how many households there are in it.
const (
	maxLine       = 1 << 20
	maxHouseholds = 10_000
)

// verdict is the answer to an event.
type verdict struct {
	Alert  bool    `json:"alert"`
	Score  float64 `json:"score"`
	Reason string  `json:"reason"`
}

// replay plays lines to the households they are about.
type replay struct {
	tuning     watch.Tuning
	households map[string]*watch.Rehearsal
	asked      map[string]*watch.Rehearsal // by the event that is asked about
	now        time.Time                   // of the last event
}

// rehearseLines reads one JSON object a line from standard input (a home's networks, an event, or an answer to an alert)
// and answers each event with one line. It ends at the first line that is none of them.
func rehearseLines(tuning watch.Tuning, io streams) error {
	r := replay{tuning: tuning, households: map[string]*watch.Rehearsal{}, asked: map[string]*watch.Rehearsal{}}
	lines := bufio.NewScanner(io.in)
	lines.Buffer(make([]byte, 0, 1<<12), maxLine)
	out := json.NewEncoder(io.out)
	n := 0
	for lines.Scan() {
		n++
		v, err := r.line(lines.Bytes())
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if v == nil {
			continue
		}
		if err := out.Encode(v); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d: longer than %d bytes", n+1, maxLine)
	}
	return lines.Err()
}

// line plays one line; only an event has a verdict.
func (r *replay) line(raw []byte) (*verdict, error) {
	var columns map[string]string
	if err := json.Unmarshal(raw, &columns); err != nil {
		return nil, fmt.Errorf("not an object of strings: %w", err)
	}
	switch columns["type"] {
	case "home_net":
		return nil, r.home(columns)
	case "event":
		return r.event(columns)
	case "answer":
		return nil, r.answer(columns)
	}
	return nil, fmt.Errorf("the type %q is none of home_net, event and answer", core.Clean(columns["type"]))
}

func (r *replay) household(name string) (*watch.Rehearsal, error) {
	h, ok := r.households[name]
	if !ok {
		if len(r.households) == maxHouseholds {
			return nil, fmt.Errorf("more than %d households", maxHouseholds)
		}
		h = watch.NewRehearsal(r.tuning)
		r.households[name] = h
	}
	return h, nil
}

func (r *replay) home(columns map[string]string) error {
	h, err := r.household(columns["household"])
	if err != nil {
		return err
	}
	var home []netip.Prefix
	if s := columns["ipv4"]; s != "" {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return fmt.Errorf("ipv4: %w", err)
		}
		home = append(home, netip.PrefixFrom(a, a.BitLen()))
	}
	if s := columns["ipv6_prefix"]; s != "" {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return fmt.Errorf("ipv6_prefix: %w", err)
		}
		home = append(home, p)
	}
	h.Memory.SetHome(home)
	return nil
}

func (r *replay) event(columns map[string]string) (*verdict, error) {
	s, err := signInOf(func(column string) string { return columns[column] }, nil)
	if err != nil {
		return nil, err
	}
	h, err := r.household(columns["household"])
	if err != nil {
		return nil, err
	}
	r.now = s.At
	a := h.SignIn(s)
	if a.Level.Pushes() {
		if len(r.asked) == maxHistory {
			return nil, fmt.Errorf("more than %d questions without an answer", maxHistory)
		}
		r.asked[s.Key] = h
	}
	return &verdict{a.Level.Pushes(), a.Score, talk.Reasoned(s, a, accountName(s)).String()}, nil
}

func (r *replay) answer(columns map[string]string) error {
	var a core.Answer
	switch columns["answer"] {
	case "me":
		a = core.Ours
	case "not_me":
		a = core.NotOurs
	default:
		return fmt.Errorf("the answer %q is neither me nor not_me", core.Clean(columns["answer"]))
	}
	key := columns["event_id"]
	h, ok := r.asked[key]
	if !ok {
		return fmt.Errorf("nobody was asked about the event %q", core.Clean(key))
	}
	delete(r.asked, key)
	h.Answer(key, a, r.now)
	return nil
}

// accountName is what an account of a history is called in a sentence.
func accountName(s core.SignIn) string {
	if s.Service == "" {
		return s.Account.Login
	}
	return strings.ToUpper(string(s.Service[:1])) + string(s.Service[1:])
}
