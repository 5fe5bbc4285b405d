package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchstring/core/watch"
)

// attackTypes of the sample, in the order in which they are told.
var attackTypes = []string{"stuffing", "naive", "vpn", "targeted", "session"}

// bars is what the watch must reach on the sample: at most so many false questions in a month of a household, and at
// least such a share of each kind of takeover asked about at or before its first success.
type bars struct {
	falseAlerts, macro float64
	found              map[string]float64
}

// TestSampleOfHouseholds replays forty simulated households through the lines that rehearse -stdio reads, answers their
// questions when the people would, and holds the watch to its bars. The labels are read here and nowhere else.
func TestSampleOfHouseholds(t *testing.T) {
	if testing.Short() {
		t.Skip("the sample takes some seconds")
	}
	s := readSample(t)
	for _, tt := range []struct {
		name     string
		answered bool
		bars
	}{
		{"answered", true, bars{0.45, 0.70, map[string]float64{"stuffing": 0.95, "naive": 0.97, "vpn": 0.60, "targeted": 0.35, "session": 0.55}}},
		{"never answered", false, bars{1.2, 0.65, nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, bytes := s.play(t, tt.answered)
			line := fmt.Sprintf("%.3f false questions in a household's month;", got.falseAlerts)
			for _, kind := range attackTypes {
				line += fmt.Sprintf(" %s %.1f %%", kind, 100*got.found[kind])
				if got.found[kind] < tt.found[kind] {
					t.Errorf("of %s takeovers %.1f %% are found, fewer than %.0f %%", kind, 100*got.found[kind], 100*tt.found[kind])
				}
			}
			fmt.Printf("sample, %s: %s, in all %.1f %%; %d kB for a household\n", tt.name, line, 100*got.macro, bytes>>10)
			if got.falseAlerts > tt.falseAlerts || got.macro < tt.macro {
				t.Errorf("%.3f false questions and %.1f %% found, want at most %.2f and at least %.0f %%", got.falseAlerts, 100*got.macro, tt.falseAlerts, 100*tt.macro)
			}
			if bytes > 50<<10 {
				t.Errorf("a household takes %d kB, more than 50", bytes>>10)
			}
		})
	}
}

// sample is the shared sample, each table as rows of columns.
type sample struct {
	events, homes []map[string]string
	labels        map[string]map[string]string
}

func readSample(t *testing.T) sample {
	t.Helper()
	folder := filepath.Join(sharedFolder(t), "data", "signins") //nolint:misspell // the folder's name
	read := func(name string) []map[string]string {
		f, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Skipf("the sample of sign-ins is not there: %v", err)
		}
		defer f.Close()
		table, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var rows []map[string]string
		for _, r := range table[1:] {
			row := map[string]string{}
			for i, column := range table[0] {
				row[column] = r[i]
			}
			rows = append(rows, row)
		}
		return rows
	}
	s := sample{events: read("events.csv"), homes: read("home_net.csv"), labels: map[string]map[string]string{}}
	for _, l := range read("labels.csv") {
		s.labels[l["event_id"]] = l
	}
	slices.SortStableFunc(s.homes, func(a, b map[string]string) int { return strings.Compare(a["since"], b["since"]) })
	return s
}

// sharedFolder finds the data that is shared beside the checkout.
func sharedFolder(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("LATCHSTRING_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared")
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("there is no checkout with a folder shared beside it")
	return ""
}

// due is an answer that somebody will give.
type due struct {
	at     time.Time
	event  string
	answer string
}

// play replays the sample and returns what was reached, and how many bytes a household takes at the end.
func (s sample) play(t *testing.T, answered bool) (bars, uint64) {
	r := &replay{tuning: watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor}, households: map[string]*watch.Rehearsal{}, asked: map[string]*watch.Rehearsal{}}
	var answers []due // by their time
	alerted := map[string]bool{}
	home := 0
	for _, e := range s.events {
		at, err := time.Parse(time.RFC3339, e["time"])
		if err != nil {
			t.Fatal(err)
		}
		for ; home < len(s.homes) && s.homes[home]["since"] <= e["time"]; home++ {
			send(t, r, "home_net", s.homes[home])
		}
		for len(answers) > 0 && !answers[0].at.After(at) {
			send(t, r, "answer", map[string]string{"event_id": answers[0].event, "answer": answers[0].answer})
			answers = answers[1:]
		}
		id := e["event_id"]
		alerted[id] = send(t, r, "event", e).Alert
		if l := s.labels[id]; alerted[id] && answered && l["answer"] != "" {
			wait, err := strconv.Atoi(l["answer_s"])
			if err != nil {
				t.Fatal(err)
			}
			d := due{at.Add(time.Duration(wait) * time.Second), id, l["answer"]}
			i, _ := slices.BinarySearchFunc(answers, d, func(a, b due) int { return cmp.Or(a.at.Compare(b.at), -1) }) // after its equals
			answers = slices.Insert(answers, i, d)
		}
	}
	got := s.score(alerted)
	return got, size(r)
}

func send(t *testing.T, r *replay, sort string, columns map[string]string) verdict {
	t.Helper()
	columns["type"] = sort
	raw, err := json.Marshal(columns)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.line(raw)
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		return verdict{}
	}
	if v.Reason == "" || len([]rune(v.Reason)) > 160 {
		t.Fatalf("the reason is %q", v.Reason)
	}
	return *v
}

// size measures how many bytes a household of the replay takes.
func size(r *replay) uint64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&with)
	n := uint64(len(r.households))
	*r = replay{}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&without)
	return (max(with.HeapAlloc, without.HeapAlloc) - without.HeapAlloc) / n
}

// score counts as the sample's own score.py does.
func (s sample) score(alerted map[string]bool) bars {
	households, first, found := map[string]bool{}, map[string]bool{}, map[string]bool{}
	kinds := map[string]string{} // of the episodes
	wrong := 0
	for _, e := range s.events {
		l := s.labels[e["event_id"]]
		households[l["household"]] = true
		if l["label"] == "legit" && l["scored"] == "1" && alerted[e["event_id"]] {
			wrong++
		}
		if episode := l["episode"]; episode != "" {
			kinds[episode] = l["attack_type"]
			found[episode] = found[episode] || alerted[e["event_id"]] && !first[episode]
			first[episode] = first[episode] || l["outcome"] == "success"
		}
	}
	begin, _ := time.Parse(time.RFC3339, s.events[0]["time"])
	end, _ := time.Parse(time.RFC3339, s.events[len(s.events)-1]["time"])
	months := float64(len(households)) * (end.Sub(begin).Hours()/24 - 14) / 30.44
	b := bars{falseAlerts: float64(wrong) / months, found: map[string]float64{}}
	total := map[string]float64{}
	for episode, kind := range kinds {
		total[kind]++
		if found[episode] {
			b.found[kind]++
		}
	}
	for _, kind := range attackTypes {
		b.found[kind] /= total[kind]
		b.macro += b.found[kind] / float64(len(attackTypes))
	}
	return b
}
