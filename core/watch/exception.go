package watch

import (
	"context"
	"slices"

	"latchstring/core"
)

// Except records a member's word that nobody needs to be asked again about the device of a case, on its account, or about
// the place of it. A place counts for the member whose account it was, and where an owner says so of their own account, for
// the whole household. It answers core.ErrFull where the member has too many; what is excepted already is so once.
func (w *Watcher) Except(ctx context.Context, by core.Member, id core.CaseID, place bool) (core.Exception, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return core.Exception{}, err
	}
	own := c.Of(by.ID)
	s := &own
	if core.May(by.Role, core.MakeExceptions, whoseOf(by.ID, s.Account.Member)) != core.Allowed {
		return core.Exception{}, core.RightError(core.MakeExceptions)
	}
	x := core.Exception{By: by.ID, Made: w.Now(), Account: s.Account}
	if place {
		x.Place = s.Where
		x.Account = core.Account{Member: s.Account.Member}
		if by.Role == core.Owner && by.ID == s.Account.Member {
			x.Account = core.Account{}
		}
	} else {
		x.Device, x.Name = core.DeviceRef{Service: s.Device.Service, ID: s.Device.ID}, DeviceName(s)
	}
	if c.Answer != core.Ours || !Exceptable(s, place) {
		return core.Exception{}, core.ErrNone
	}
	all, err := w.Exceptions.Exceptions(ctx)
	if err != nil {
		return core.Exception{}, err
	}
	if same := slices.IndexFunc(all, func(y core.Exception) bool { return y.OfDevice() != place && Excepts(&y, s) }); same >= 0 {
		return all[same], nil
	}
	made, err := w.newID()
	if err != nil {
		return core.Exception{}, err
	}
	x.ID = core.ExceptionID(made)
	return x, w.Exceptions.PutException(ctx, x, exceptionEntry(w, by.ID, &x, core.Started))
}

// exceptionEntry writes down that an exception was made, or taken back.
func exceptionEntry(w *Watcher, by core.MemberID, x *core.Exception, outcome core.Outcome) core.Entry {
	e := core.Entry{At: w.Now(), Actor: by, Act: core.MakeExceptions, Step: core.Concluded, Outcome: outcome, Targets: []string{x.Name}}
	if x.OfDevice() {
		e.Service = x.Account.Service
	} else {
		e.Targets = []string{placeName(x.Place)}
	}
	if m := x.Account.Member; m != "" {
		e.Whose = []core.MemberID{m}
	}
	return e
}

func placeName(p core.Place) string {
	for _, name := range []string{p.Name, p.City, p.Region} {
		if name != "" {
			return core.Clean(name)
		}
	}
	return p.Country
}

// MemberExceptions returns the exceptions that a member may know of and take back, the oldest first: those that they made,
// those of their accounts, and an owner's all.
func (w *Watcher) MemberExceptions(ctx context.Context, reader core.Member) ([]core.Exception, error) {
	all, err := w.Exceptions.Exceptions(ctx)
	return slices.DeleteFunc(all, func(x core.Exception) bool { return !mayDrop(reader, &x) }), err
}

func mayDrop(m core.Member, x *core.Exception) bool {
	whose := whoseOf(m.ID, x.By)
	if x.Account.Member == m.ID {
		whose = core.Own
	}
	return core.May(m.Role, core.MakeExceptions, whose) == core.Allowed
}

// AskAgain takes an exception back. Where there is none, or it is no business of the member, it answers core.ErrNone.
func (w *Watcher) AskAgain(ctx context.Context, by core.Member, id core.ExceptionID) error {
	all, err := w.MemberExceptions(ctx, by)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID == id {
			return w.Exceptions.DropException(ctx, id, exceptionEntry(w, by.ID, &all[i], core.Dropped))
		}
	}
	return core.ErrNone
}

func whoseOf(asker, owner core.MemberID) core.Whose {
	if asker == owner {
		return core.Own
	}
	return core.Others
}

// Exceptable tells whether there is anything of a sign-in that nobody needs to be asked about again: its device, or its place.
func Exceptable(s *core.SignIn, place bool) bool {
	if anonymous(s) {
		return false
	}
	if place {
		return s.Where.Located || s.Where.City != ""
	}
	return s.Device.ID != "" || DeviceName(s) != ""
}

// Excepts tells whether an exception is about a sign-in.
func Excepts(x *core.Exception, s *core.SignIn) bool {
	switch a := x.Account; {
	case anonymous(s):
		return false
	case a.Service != "" && a != s.Account, a.Service == "" && a.Member != "" && a.Member != s.Account.Member:
		return false
	case !x.OfDevice():
		return samePlaceAs(x.Place, s.Where)
	case x.Device.ID != "" || s.Device.ID != "":
		return x.Device.ID == s.Device.ID
	}
	return x.Name == DeviceName(s)
}

func samePlaceAs(p, q core.Place) bool {
	if p.Located && q.Located {
		return p.Country == q.Country && p.Kilometres(q) <= sameArea
	}
	return p.City != "" && p.Country == q.Country && p.Region == q.Region && p.City == q.City
}
