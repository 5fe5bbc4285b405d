package mailbox

import (
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/core"
)

// Whose a mail is, by whom it is for or what it says, in a household with two accounts of Netflix, one of them shared by name.
func TestAccounts(t *testing.T) {
	box := Open(Box{ID: "home", AuthservID: "mx.example.org", Forwarders: []string{"leo@example.org"}}, "")
	for id, accounts := range map[core.ServiceID][]core.Account{
		"netflix": {{Member: "marta", Login: "Marta@example.org"}, {Member: "leo", Login: "leo@example.org"}},
	} {
		if _, err := New(Config{Recipe: "netflix"}, id, "", accounts, []*Mailbox{box}, Options{Now: time.Now}); err != nil {
			t.Fatal(err)
		}
	}
	guests := []core.Account{{Member: "sofi", Login: "sofi@example.org"}}
	if _, err := New(Config{Recipe: "netflix"}, "guests", "", guests, []*Mailbox{box}, Options{Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	mail := string(signIn(1, "TV", time.Now()))
	to := func(address, says string) string {
		return strings.ReplaceAll(mail, "To: house@example.org", "To: "+address) + "<p>" + says + "</p>"
	}
	for name, c := range map[string]struct {
		mail    string
		service core.ServiceID
		member  core.MemberID
	}{
		"by its address":              {to("MARTA@Example.org", ""), "netflix", "marta"},
		"to the second service":       {to("sofi@example.org", ""), "guests", "sofi"},
		"by what it was delivered to": {"Delivered-To: leo@example.org\r\n" + to("thief@evil.example", ""), "netflix", ""},
		"by its text":                 {to("all@example.org", "This message was mailed to [leo@example.org] by Netflix."), "netflix", "leo"},
		"by its text, with a stop":    {to("all@example.org", "mailed to sofi@example.org."), "guests", "sofi"},
		"by a longer address":         {to("all@example.org", "mailed to old-leo@example.org or leo@example.organic"), "netflix", ""},
		"for nobody":                  {to("all@example.org", ""), "netflix", ""},
	} {
		found := box.read(letter.Read([]byte(c.mail)), fetched{uid: 1, arrived: time.Now()})
		if len(found) != 1 || found[0].notice.Service != c.service || found[0].notice.Account.Member != c.member {
			t.Errorf("%s: %+v", name, found)
		} else if n := found[0].notice; n.Verified != (c.member != "") {
			t.Errorf("%s: of %q, and verified is %v", name, n.Account.Member, n.Verified)
		}
	}
}

// A cursor that is none, or one of another program, begins from now on.
func TestCursors(t *testing.T) {
	for _, text := range []string{"", "17", "null", "[]", "{", `{"home":7}`, strings.Repeat(" ", maxCursor) + "{}"} {
		if c, ok := parseCursor(text); ok {
			t.Errorf("%.20q: %v", text, c)
		}
	}
	c := cursor{"home": from(page{validity: 7, last: 9, entries: []entry{{uid: 9, notice: core.Notice{Key: "0123456789abcdef"}}}}, time.Unix(100, 0))}
	if got := c.String(); got != `{"home":{"v":7,"u":9,"t":100,"k":["0123456789ab"]}}` {
		t.Error(got)
	}
}

// What was told by a mail that somebody sent on is marked so.
func TestForwardedIsMarked(t *testing.T) {
	s := &service{id: "netflix", title: "Netflix"}
	n := core.Notice{Kind: core.NoticeSignIn, Name: "TV", Verified: true}
	direct, sentOn := s.deviceOf(n), n
	sentOn.Forwarded = true
	if d := s.deviceOf(sentOn); direct.App != "" || d.App != "forwarded mail" || d.ID != direct.ID {
		t.Errorf("%+v and %+v", direct, d)
	}
}

// What nobody vouches for, what somebody sent on, and what is over are no one-time codes; the newest of the others is first.
func TestOneTime(t *testing.T) {
	box := Open(Box{ID: "home"}, "")
	now := time.Date(2026, 5, 12, 18, 0, 0, 0, time.UTC)
	c, err := New(Config{Recipe: "netflix"}, "netflix", "", []core.Account{{Member: "marta"}}, []*Mailbox{box}, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	code := func(key string, ago time.Duration, change func(*core.Notice)) entry {
		n := core.Notice{Key: key, Service: "netflix", Kind: core.NoticeCode, Verified: true, At: now.Add(-ago), Until: now.Add(15*time.Minute - ago), Code: core.NewSecret(key)}
		change(&n)
		return entry{arrived: n.At, notice: n}
	}
	as := func(*core.Notice) {}
	box.publish(page{entries: []entry{
		code("over", time.Hour, as), code("older", 5*time.Minute, as),
		code("forged", 3*time.Minute, func(n *core.Notice) { n.Verified = false }), code("sent on", 2*time.Minute, func(n *core.Notice) { n.Forwarded = true }),
		code("of another", time.Minute, func(n *core.Notice) { n.Service = "disney" }), code("newest", time.Minute, as),
		code("no code", 0, func(n *core.Notice) { n.Code = core.Secret{} }),
	}}, nil)
	got, err := c.OneTime.OneTime(t.Context())
	if err != nil || len(got) != 2 || got[0].Key != "newest" || got[1].Key != "older" {
		t.Errorf("%+v, %v", got, err)
	}
}
