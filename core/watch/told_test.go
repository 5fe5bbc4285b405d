package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// The household's own room hears of a case and of its end, and of neither the place nor the address.
func TestBoard(t *testing.T) {
	mail := &coretest.Mail{}
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	h.Watcher.Boards = []core.Source{{Contact: core.Contact{Chat: core.Terminal, User: "board"}, Room: "room", Public: true}}
	h.Watch(t.Context())
	order(t, h, "home", "leo signs in on Opera on Windows from Oslo")
	h.Pass(t.Context(), time.Minute)
	marta, _ := h.Household.Member("marta")
	if _, err := h.Watcher.Answer(t.Context(), marta, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo"); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Second)
	got := mail.To("board")
	if len(got) != 2 || !strings.Contains(got[0], "I asked Leo in private.") || !strings.Contains(got[1], "It was Leo, said Marta at") {
		t.Fatalf("the room reads %q", got)
	}
	for _, hidden := range []string{"Oslo", "Norway", "2001", "[", "Opera"} {
		if strings.Contains(strings.Join(got, "\n"), hidden) {
			t.Errorf("the room reads %q in %q", hidden, got)
		}
	}
}

// Where the home's line is now is home, also after the record is read again.
func TestHomeMoves(t *testing.T) {
	for _, known := range []bool{true, false} {
		h, books := watched(t)
		if known {
			line, err := coretest.Address("Toledo").Prefix(56)
			if err != nil {
				t.Fatal(err)
			}
			h.Watcher.SetHome([]netip.Prefix{line})
		}
		order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
		h.Pass(t.Context(), time.Minute)
		if got := len(cases(t, books)); (got == 0) != known {
			t.Errorf("%d cases of a sign-in at home: %v", got, known)
		}
	}
}

// The owner reads in the status that a chat can not be reached, and that it can again.
func TestChatState(t *testing.T) {
	mail := &coretest.Mail{}
	h, _ := watched(t, mail)
	status := func() string {
		r := h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "marta"}, Private: true, At: h.Now(), Text: "status"})
		return strings.Join(coretest.Script(r.Card), "\n")
	}
	mail.Fails(errors.New("down"))
	order(t, h, "home", "leo signs in on Opera on Windows from a server")
	h.Pass(t.Context(), time.Minute)
	if got := status(); !strings.Contains(got, "the terminal, which I can not reach since 18:01") {
		t.Errorf("status: %s", got)
	}
	mail.Fails(nil)
	h.Pass(t.Context(), 2*time.Minute)
	if got := status(); strings.Contains(got, "can not reach") {
		t.Errorf("status: %s", got)
	}
}

// A room that can not be written to takes nothing from the person whose name goes with it.
func TestBoardIsGone(t *testing.T) {
	for _, failure := range []error{&talk.SendError{Permanent: true, Err: errors.New("no such channel")}, errors.New("timed out")} {
		mail := &coretest.Mail{}
		h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
		h.Watcher.Boards = []core.Source{{Contact: core.Contact{Chat: core.Terminal, User: "marta"}, Room: "room", Public: true}}
		mail.FailsWhen(func(source core.Source, _ talk.Card) error {
			if source.Room == "room" {
				return failure
			}
			return nil
		})
		h.Watch(t.Context())
		order(t, h, "home", "marta signs in on Opera on Windows from Oslo")
		h.Pass(t.Context(), time.Minute)
		order(t, h, "jellyfin", "marta signs in on Edge on Windows from a server")
		h.Pass(t.Context(), time.Second)
		if got := mail.To("marta"); len(got) != 2 || strings.Contains(strings.Join(got, ""), "can not reach") {
			t.Errorf("%v: marta was told %q", failure, got)
		}
	}
}

// noticeSource is what a service wrote.
type noticeSource []core.Notice

func (n noticeSource) Notices(_ context.Context, after string) ([]core.Notice, string, error) {
	if after == "" {
		return nil, "0", nil
	}
	return n, "1", nil
}

// What a service writes is told to whose account it is and to the owner, once, without the code and the link; codes, and what
// nobody vouches for, are not.
func TestNotices(t *testing.T) {
	mail := &coretest.Mail{}
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	account := core.Account{Service: "home", Member: "leo", Login: "leo"}
	var wrote noticeSource
	for i, k := range []core.NoticeKind{core.NoticePasswordChanged, core.NoticeCode, core.NoticeHouseholdUpdate, core.NoticeSignIn} {
		wrote = append(wrote, core.Notice{
			Key: fmt.Sprint("n", i), Kind: k, At: h.Now(), Account: account, Verified: true,
			Code: core.NewSecret(coretest.Canary), Link: core.NewSecret(coretest.Canary),
		})
	}
	wrote = append(wrote, core.Notice{Key: "forged", Kind: core.NoticeEmailChanged, At: h.Now(), Account: account})
	h.Watcher.Connectors[1].Notices = wrote
	h.Watch(t.Context())
	for range 3 {
		h.Pass(t.Context(), time.Minute)
	}
	for who, whose := range map[string]string{"leo": "your", "marta": "Leo's"} {
		got := mail.To(who)
		if len(got) != 2 || !strings.Contains(got[0], "The password of "+whose+" Family sign-on was changed") || !strings.Contains(got[1], "wants another home to be that of "+whose+" Family sign-on") {
			t.Errorf("%s was told %q", who, got)
		}
		if strings.Contains(strings.Join(got, ""), coretest.Canary) {
			t.Error("a code or a link is told")
		}
	}
}
