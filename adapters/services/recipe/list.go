package recipe

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// perMember tells whether the list is asked for each account.
func (r *recipe) perMember() bool {
	return r.PerMemberKey || slices.ContainsFunc(r.List.Call.places(), func(p string) bool { return p == "user" || p == "login" })
}

// listed is a device as the last listing found it, with who is signed in on it.
type listed struct {
	device core.Device
	owners []owner
}

// owner is an account on a device. The user is the service's id of it, if there is one.
type owner struct {
	account core.Account
	user    string
}

// listing is one reading of the whole list.
type listing struct {
	*service
	pages  map[string]page
	rows   []row
	owners map[core.DeviceID][]owner
}

// Devices lists what is signed in. Accounts that can not be read are told by the error, beside the devices of the others.
func (s *service) Devices(ctx context.Context) ([]core.Device, error) {
	l := &listing{service: s, pages: map[string]page{}, owners: map[core.DeviceID][]owner{}}
	var errs []error
	switch {
	case !s.recipe.perMember():
		if err := l.everybody(ctx); err != nil {
			return nil, err
		}
	default:
		for _, a := range s.accounts {
			err := l.member(ctx, a)
			if err == nil {
				continue
			}
			errs = append(errs, fmt.Errorf("account of %s: %w", a.Member, err))
			if k := core.KindOf(err); k == core.Unreachable || k == core.Busy || k == core.BadKey && !s.recipe.PerMemberKey {
				break
			}
		}
	}
	return l.end(errs)
}

// end keeps what the listing found, for the sign-outs and the listings after it.
func (l *listing) end(errs []error) ([]core.Device, error) {
	s := l.service
	if len(errs) > 0 && len(l.rows) == 0 {
		return nil, errors.Join(errs...)
	}
	devices := join(l.rows)
	known := make(map[core.DeviceID]listed, len(devices))
	for _, d := range devices {
		known[d.ID] = listed{d, l.owners[d.ID]}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages, s.known = l.pages, known
	return devices, errors.Join(errs...)
}

// member lists the devices of one account. A service that does not know a filter may leave it out and list everybody's, so
// where a row says whose it is, that is compared: from a list with a row of somebody else nothing is taken.
func (l *listing) member(ctx context.Context, a core.Account) error {
	values, err := l.valuesOf(ctx, a, l.recipe.List.Call, body{})
	if err != nil {
		return err
	}
	if l.recipe.List.User.is() && l.recipe.User.Call.is() {
		if values["user"], err = l.userOf(ctx, a); err != nil {
			return err
		}
	}
	rows, err := l.read(ctx, a.Member, values)
	if err != nil {
		return l.listError(err, a)
	}
	for _, r := range rows {
		if r.login != "" && !strings.EqualFold(r.login, a.Login) || r.user != "" && values["user"] != "" && r.user != values["user"] {
			return l.garbled("list", errors.New("a row of somebody else"))
		}
	}
	for _, r := range rows {
		l.add(r, owner{a, values["user"]})
	}
	return nil
}

// listError words the failure of a list for an account. That the service does not know the list at all is another
// thing than that a device is gone.
func (l *listing) listError(err error, a core.Account) error {
	if core.KindOf(err) != core.Missing {
		return err
	}
	if a.Member == "" || l.recipe.PerMemberKey {
		return l.garbled("list", errors.New("there is no such list; the address of the config may be wrong"))
	}
	return core.NoAccountError(l.title, "list", a)
}

// everybody lists all there is and finds the member of each row.
func (l *listing) everybody(ctx context.Context) error {
	users := map[string]string{}
	for _, a := range l.accounts {
		if !l.recipe.List.User.is() || !l.recipe.User.Call.is() {
			break
		}
		id, err := l.userOf(ctx, a)
		if err != nil {
			return err
		}
		users[a.Login] = id
	}
	rows, err := l.read(ctx, "", l.fixed)
	if err != nil {
		return l.listError(err, core.Account{})
	}
	for _, r := range rows {
		var owners []owner
		for _, a := range l.accounts {
			if r.login != "" && strings.EqualFold(r.login, a.Login) || r.user != "" && r.user == users[a.Login] {
				owners = append(owners, owner{a, r.user})
			}
		}
		if len(owners) == 0 {
			owners = []owner{{core.Account{Login: r.login}, r.user}}
		}
		for _, o := range owners {
			l.add(r, o)
		}
	}
	return nil
}

// add takes a row in as a session of an owner.
func (l *listing) add(r row, o owner) {
	s := r.device.Sessions[0]
	s.Member = o.account.Member
	if s.Login == "" {
		s.Login = core.Clean(o.account.Login)
	}
	r.device.Service = l.id
	r.device.Sessions = []core.Session{s}
	l.rows = append(l.rows, r)
	if id := r.device.ID; !slices.Contains(l.owners[id], o) {
		l.owners[id] = append(l.owners[id], o)
	}
}

// read reads all pages of the list.
func (l *listing) read(ctx context.Context, m core.MemberID, values map[string]string) ([]row, error) {
	q, err := l.question("list", l.recipe.List.Call, body{}, nil, m, values)
	if err != nil {
		return nil, err
	}
	l.recipe.List.Paging.start(q.query)
	var rows []row
	asked, seen := map[string]bool{}, map[uint64]bool{}
	for turn := 0; ; turn++ {
		if turn == maxPages {
			return nil, l.garbled(q.what, fmt.Errorf("more than %d pages", maxPages))
		}
		a, _, err := l.ask(ctx, q)
		if err != nil {
			return nil, err
		}
		p, err := l.page(m, q.target(), a.Body)
		if err != nil {
			return nil, l.garbled(q.what, err)
		}
		asked[q.target()] = true
		if len(p.rows) > 0 && seen[p.sum] {
			return nil, l.garbled(q.what, errRepeats)
		}
		seen[p.sum] = true
		if rows = append(rows, p.rows...); len(rows) > maxRows {
			return nil, l.garbled(q.what, fmt.Errorf("more than %d rows", maxRows))
		}
		more, err := l.recipe.List.Paging.follow(q.query, p, a.Header, turn, len(rows))
		switch {
		case err != nil:
			return nil, l.garbled(q.what, err)
		case !more && p.total > len(rows):
			return nil, l.garbled(q.what, errors.New("fewer rows than it says there are"))
		case !more:
			return rows, nil
		case asked[q.target()]:
			return nil, l.garbled(q.what, errRepeats)
		}
	}
}

// page reads an answer, or finds that it is the same as last time.
func (l *listing) page(m core.MemberID, target string, body []byte) (page, error) {
	sum := maphash.Bytes(l.seed, body)
	key := string(m) + " " + target
	l.mu.Lock()
	p, ok := l.service.pages[key]
	l.mu.Unlock()
	if !ok || p.sum != sum {
		own, _ := l.config.keyOf(m)
		var err error
		if p, err = l.recipe.readPage(body, sum, own.Key); err != nil {
			return page{}, err
		}
	}
	l.pages[key] = p
	return p, nil
}

// foundUser is the service's id of an account. It is asked for again after a while: an account can be made anew under the
// same login.
type foundUser struct {
	id string
	at time.Time
}

const userLasts = 10 * time.Minute

// valuesOf are what can be filled into a call for an account; the user's id is looked up only where the call has it.
func (s *service) valuesOf(ctx context.Context, a core.Account, c call, b body) (map[string]string, error) {
	values := s.values(a)
	if !slices.Contains(append(c.places(), b.places()...), "user") {
		return values, nil
	}
	id, err := s.userOf(ctx, a)
	values["user"] = id
	return values, err
}

// userOf finds the service's id of an account.
func (s *service) userOf(ctx context.Context, a core.Account) (string, error) {
	s.mu.Lock()
	known, ok := s.users[a.Login]
	s.mu.Unlock()
	if age := s.now().Sub(known.at); ok && age >= 0 && age < userLasts {
		return known.id, nil
	}
	id, err := s.lookUp(ctx, a)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.users, a.Login)
		return "", err
	}
	s.users[a.Login] = foundUser{id, s.now()}
	return id, nil
}

func (s *service) lookUp(ctx context.Context, a core.Account) (string, error) {
	u := s.recipe.User
	q, err := s.question("user", u.Call, body{}, nil, a.Member, s.values(a))
	if err != nil {
		return "", err
	}
	answer, _, err := s.ask(ctx, q)
	switch {
	case core.KindOf(err) == core.Missing:
		return "", core.NoAccountError(s.title, q.what, a)
	case err != nil:
		return "", err
	}
	if err := httpcall.CheckJSON(answer.Body); err != nil {
		return "", s.garbled(q.what, err)
	}
	var ids []string
	err = eachItem(gjson.ParseBytes(answer.Body), u.Rows, func(row gjson.Result) error {
		login, err := u.Login.textIn(row)
		if err != nil || u.Login.is() && !strings.EqualFold(login, a.Login) {
			return err
		}
		id, err := u.ID.idIn(row)
		if err == nil && id == "" {
			err = errors.New("a user without an id")
		}
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return "", s.garbled(q.what, err)
	}
	switch len(ids) {
	case 0:
		return "", core.NoAccountError(s.title, q.what, a)
	case 1:
		return ids[0], nil
	}
	return "", s.garbled(q.what, errors.New("several users of one login"))
}
