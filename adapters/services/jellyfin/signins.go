package jellyfin

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"latchstring/core"
)

// SignIns tells who signed in, or tried to, after the cursor, by the activity log. A failure has no device, and its account is
// the one whose name was typed, if it is one of the household's.
func (s *service) SignIns(ctx context.Context, cursor string) ([]core.SignIn, string, error) {
	after, ok := parseMark(cursor)
	if !ok {
		p, err := s.logFrom(ctx, 0, firstPage)
		if err != nil {
			return nil, "", err
		}
		return nil, mark{}.pass(p).String(), nil
	}
	entries, next, err := s.entriesAfter(ctx, after)
	if err != nil {
		return nil, "", err
	}
	t := teller{service: s, entries: entries}
	var told []core.SignIn
	for _, e := range entries {
		if k := e.kind(); k == online || !after.isNew(e) {
			continue
		}
		signIn, err := t.tell(ctx, e)
		if err != nil {
			return nil, "", err
		}
		told = append(told, signIn)
	}
	return told, next.String(), nil
}

// teller makes sign-ins of entries. Who has an account is asked for once, and so are the sessions of now, when the first
// sign-in wants them.
type teller struct {
	*service
	entries  []entry
	users    map[string]user
	sessions []session
	ids      map[core.DeviceID]core.DeviceID
}

func (t *teller) tell(ctx context.Context, e entry) (core.SignIn, error) {
	signIn := core.SignIn{
		Key: fmt.Sprintf("%d@%d", e.ID, e.Date.UnixMicro()), Service: t.id, At: e.Date.Time, Address: e.address(), Failed: e.kind() == refused,
	}
	who := userID(e.UserID)
	if who == "" {
		signIn.Account = t.typed(e.Name)
		return signIn, nil
	}
	if err := t.look(ctx); err != nil {
		return signIn, err
	}
	signIn.Account = t.account(t.users[who].Name)
	if x, ok := t.device(e); ok && !signIn.Failed {
		signIn.Device, signIn.Name, signIn.App = t.ref(x, t.ids), x.name, x.app
		if !signIn.Address.IsValid() {
			signIn.Address = x.address
		}
	}
	return signIn, nil
}

// look asks for the users and the sessions. What can not be asked now is asked at the next look; a server that does not show
// its sessions tells its sign-ins all the same, without devices.
func (t *teller) look(ctx context.Context) error {
	if t.users != nil {
		return nil
	}
	users, err := t.readUsers(ctx)
	if err != nil {
		return err
	}
	if t.sessions, err = t.listSessions(ctx); err == nil {
		t.ids, err = t.serverIDs(ctx)
	}
	if k := core.KindOf(err); k == core.Unreachable || k == core.Busy {
		return err
	}
	if err != nil {
		t.sessions = nil
		t.opt.Log.WarnContext(ctx, "sign-ins without their devices", slog.String("service", string(t.id)), slog.Any("cause", err))
	}
	t.users = users
	return nil
}

// slack is how far apart the server's own times of one event are.
const slack = time.Minute

// device finds the session that a sign-in began: one of the user, at the address, used since. Where several of the user's
// devices are there, an entry that names the device decides; where still more than one can be meant, none is told.
func (t *teller) device(e entry) (session, bool) {
	at := e.address()
	var meant []session
	for _, x := range t.sessions {
		elsewhere := at.IsValid() && x.address.IsValid() && x.address != at
		if x.user == userID(e.UserID) && x.client != "" && x.client != t.self && !elsewhere && !x.active.Before(e.Date.Add(-slack)) {
			meant = append(meant, x)
		}
	}
	if !same(meant) {
		var named []session
		for _, x := range meant {
			if t.named(x, e) {
				named = append(named, x)
			}
		}
		meant = named
	}
	if len(meant) == 0 || !same(meant) {
		return session{}, false
	}
	return meant[0], true
}

// named tells whether around a sign-in an entry about its user names the device of a session.
func (t *teller) named(x session, signIn entry) bool {
	for _, e := range t.entries {
		if apart := e.Date.Sub(signIn.Date.Time).Abs(); e.kind() == online && userID(e.UserID) == x.user && apart <= slack &&
			x.name != "" && strings.Contains(core.Clean(e.Name), x.name) {
			return true
		}
	}
	return false
}

// same tells whether all sessions are of one device.
func same(sessions []session) bool {
	for _, x := range sessions {
		if x.client != sessions[0].client {
			return false
		}
	}
	return true
}

// typed finds whose name was typed at a sign-in that failed. The log has it only within a sentence in the server's language;
// of several names in there the longest is meant, and of two of that length neither.
func (s *service) typed(sentence string) core.Account {
	found, longest := core.Account{Service: s.id}, 0
	sentence = strings.ToLower(sentence[:min(len(sentence), maxText)])
	for _, a := range s.accounts {
		login := strings.ToLower(a.Login)
		switch n := len(login); {
		case n < longest || !hasWord(sentence, login):
		case n == longest:
			found = core.Account{Service: s.id}
		default:
			found, longest = a, n
		}
	}
	return found
}

// hasWord tells whether a word stands in a text by itself. In scripts that write without spaces it stands by itself anywhere.
func hasWord(text, word string) bool {
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			break
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		after, _ := utf8.DecodeRuneInString(text[from+i+len(word):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		from += i + 1
	}
	return false
}

func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && r != utf8.RuneError &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
