package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// event is a line of the replay.
func event(id string, at time.Time, more string) string {
	return fmt.Sprintf(`{"type":"event","event_id":%q,"time":%q,"household":"h","account":"a","service":"shop"%s}`+"\n", id, at.Format(time.RFC3339), more)
}

const (
	atHome = `,"device_id":"tv","device_name":"TV","ip":"192.0.2.9","country":"FR","city":"Lyon","lat":"45.76","lon":"4.84","asn":"64500","as_org":"Ligne SA"`
	abroad = `,"device_id":"x","device_name":"Laptop","ip":"198.51.100.7","country":"NO","city":"Oslo","lat":"59.91","lon":"10.75","asn":"64501","as_org":"Autre SA"`
)

func TestRehearseLines(t *testing.T) {
	var in strings.Builder
	now := time.Date(2026, 1, 1, 18, 0, 0, 0, time.UTC)
	in.WriteString(`{"type":"home_net","household":"h","since":"2026-01-01T00:00:00Z","ipv4":"192.0.2.9","ipv6_prefix":"2001:db8::/56"}` + "\n")
	for i := range 20 {
		in.WriteString(event(fmt.Sprint("e", i), now.AddDate(0, 0, i), atHome))
	}
	now = now.AddDate(0, 0, 20)
	in.WriteString(event("first", now, abroad))
	in.WriteString(event("again", now.Add(time.Minute), abroad))
	in.WriteString(`{"type":"answer","event_id":"first","answer":"me"}` + "\n")
	in.WriteString(event("then", now.Add(time.Hour), abroad))
	r := says(t, t.TempDir(), in.String(), "rehearse", "-stdio")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.code != 0 || r.err != "" || len(lines) != 23 {
		t.Fatalf("%d lines, ended with %d: %s", len(lines), r.code, r.err)
	}
	for i, line := range lines {
		if alert := strings.Contains(line, `"alert":true`); alert != (i == 20) || !strings.Contains(line, `"reason":"`) {
			t.Errorf("event %d: %s", i, line)
		}
	}
	contains(t, "the alert", lines[20], "Laptop signed in to Shop from Oslo, NO: the first time from that country.")
}

func TestRehearseRefusesGarbage(t *testing.T) {
	fine := event("e", time.Unix(1e9, 0).UTC(), "")
	for name, tt := range map[string]struct{ in, says string }{
		"no JSON":           {"hello\n", "line 1: not an object of strings"},
		"a number":          {`{"type":1}` + "\n", "line 1: not an object of strings"},
		"an unknown type":   {fine + `{"type":"x"}` + "\n", `line 2: the type "x"`},
		"no account":        {`{"type":"event","time":"2026-01-01T00:00:00Z"}` + "\n", "line 1: account"},
		"no time":           {strings.Replace(fine, "2001", "20x1", 1), "line 1: time"},
		"no address":        {event("e", time.Unix(1e9, 0).UTC(), `,"ip":"1.2.3"`), "line 1: ip"},
		"no place":          {event("e", time.Unix(1e9, 0).UTC(), `,"lat":"91","lon":"NaN"`), "line 1: lat, lon"},
		"an odd outcome":    {event("e", time.Unix(1e9, 0).UTC(), `,"outcome":"maybe"`), "line 1: outcome"},
		"no home":           {`{"type":"home_net","ipv4":"x"}` + "\n", "line 1: ipv4"},
		"an odd answer":     {`{"type":"answer","event_id":"e","answer":"perhaps"}` + "\n", "line 1: the answer"},
		"an answer unasked": {fine + `{"type":"answer","event_id":"e","answer":"me"}` + "\n", "line 2: nobody was asked"},
		"a long line":       {fine + strings.Repeat("x", maxLine+1), "line 2: longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			r := says(t, t.TempDir(), tt.in, "rehearse", "-stdio")
			if r.code != exitFault {
				t.Errorf("ended with %d", r.code)
			}
			contains(t, "stderr", r.err, tt.says)
		})
	}
}

func TestRehearseAFile(t *testing.T) {
	folder := t.TempDir()
	var rows strings.Builder
	rows.WriteString("Time,account,colour,device_name,ip,country,city,lat,lon,as_org\n")
	now := time.Date(2026, 1, 1, 18, 0, 0, 0, time.UTC)
	for i := range 60 {
		fmt.Fprintf(&rows, "%s,anna,red,TV,192.0.2.9,FR,Lyon,45.76,4.84,Ligne SA\n", now.AddDate(0, 0, i).Format(time.RFC3339))
	}
	rows.WriteString("2026-02-20T08:00:00Z,anna,red,Laptop,198.51.100.7,NO,Oslo,59.91,10.75,Autre SA\n")
	write(t, folder, "history.csv", rows.String())
	r := says(t, folder, "", "rehearse", "history.csv")
	if r.code != 0 || r.err != "" {
		t.Fatalf("ended with %d: %s", r.code, r.err)
	}
	contains(t, "the rehearsal", r.out, "61 sign-ins from 1 January 2026 to 1 March 2026", "2026-02-20 08:00  URGENT",
		"Laptop signed in to anna from Oslo, NO: the first time from that country.", "calm", "watchful", "It was me")
	if n := strings.Count(r.out, "signed in to"); n != 1 {
		t.Errorf("%d questions:\n%s", n, r.out)
	}

	for name, tt := range map[string]struct {
		rows string
		args []string
		code int
		says string
	}{
		"an empty file": {"", nil, 1, "f.csv: line 1: it is empty"},
		"no column":     {"time,user\n", nil, 1, `f.csv: line 1: there is no column "account"`},
		"a bad time":    {"time,account\n2026-01-01T00:00:00Z,a\nyesterday,a\n", nil, 1, `f.csv: line 3: time: "yesterday"`},
		"a short row":   {"time,account\n2026-01-01T00:00:00Z\n", nil, 1, "f.csv: record on line 2: wrong number of fields"},
		"no file":       {"", []string{"rehearse"}, 2, "latchstring rehearse FILE.csv"},
		"two of them":   {"", []string{"rehearse", "-stdio", "f.csv"}, 2, `takes no "f.csv"`},
		"a sensitivity": {"", []string{"rehearse", "-sensitivity", "nervous", "f.csv"}, 2, `"nervous" is none of calm, normal and watchful`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, "f.csv", tt.rows)
			if tt.args == nil {
				tt.args = []string{"rehearse", "f.csv"}
			}
			r := says(t, folder, "", tt.args...)
			if r.code != tt.code || r.out != "" {
				t.Errorf("ended with %d: %s", r.code, r.out)
			}
			contains(t, "stderr", r.err, tt.says)
		})
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
