package demo

import (
	"context"
	"fmt"
	"time"

	"latchstring/core"
)

// The services of the demo.
const (
	jellyfinID core.ServiceID = "jellyfin"
	signOnID   core.ServiceID = "sign-on"
	netflixID  core.ServiceID = "netflix"
	musicID    core.ServiceID = "music"
)

// Connectors joins the demo's services to the house.
func (w *World) Connectors() []core.Connector {
	jellyfin := w.jellyfin.connector()
	jellyfin.SignOut, jellyfin.SignIns = w.jellyfin, w.jellyfin
	jellyfin.Reset = reset{w.jellyfin, core.ResetPlan{Way: core.ResetPassword, SignsOut: true}}
	films := media{w.jellyfin}
	jellyfin.Streams, jellyfin.Stop, jellyfin.Screen, jellyfin.TV, jellyfin.Limit = films, films, films, films, 2

	signOn := w.signOn.connector()
	signOn.SignOut, signOn.SignIns, signOn.SignOutAll = w.signOn, w.signOn, wholesale{w.signOn}
	signOn.Reset = reset{w.signOn, core.ResetPlan{Way: core.ResetCode}}

	netflix := w.netflix.connector()
	netflix.ByHand = netflixGuide{}
	alone := core.Say("Netflix lets nobody but its members do this.")
	netflix.Why = map[core.Ability]core.Phrase{
		core.CanSignOut: alone, core.CanSignOutAll: alone, core.CanReset: alone,
		core.CanSignIns: core.Say("Netflix tells of sign-ins by mail only."),
	}

	music := w.music.connector()
	music.SignOut, music.Streams = w.music, media{w.music}
	music.Reset = reset{w.music, core.ResetPlan{Way: core.ResetMailed}}
	music.Why = map[core.Ability]core.Phrase{core.CanSignIns: core.Say("Music keeps no list of its sign-ins.")}

	return []core.Connector{jellyfin, signOn, netflix, music}
}

// wholesale ends all sessions of an account in one call.
type wholesale struct{ *service }

// SignOutAll says Gone where the account has no session.
func (s wholesale) SignOutAll(ctx context.Context, account core.Account) (core.Receipt, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return core.Receipt{}, err
	}
	defer leave()
	return core.Receipt{Gone: s.endAll(account.Member) == 0}, nil
}

// reset starts password resets of one kind.
type reset struct {
	*service
	plan core.ResetPlan
}

// codeLasts is how long a code or a one-time password is good for.
const codeLasts = 15 * time.Minute

// Plan says what StartReset will do.
func (s reset) Plan() core.ResetPlan { return s.plan }

// StartReset makes a code or a password that opens nothing.
func (s reset) StartReset(ctx context.Context, account core.Account) (core.Reset, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return core.Reset{}, err
	}
	defer leave()
	if account != s.account(account.Member) {
		return core.Reset{}, core.ServiceError(core.Missing, s.title, fmt.Errorf("no account of %q", account.Member))
	}
	if s.plan.SignsOut {
		s.endAll(account.Member)
	}
	r := core.Reset{Way: s.plan.Way}
	switch s.plan.Way {
	case core.ResetCode:
		r.Secret, r.Enter = core.NewSecret(fmt.Sprintf("%06d", s.world.chance.IntN(1_000_000))), "sign-on.example/recovery"
	case core.ResetPassword:
		r.Secret = core.NewSecret(fmt.Sprintf("%s-%s-%02d", word(s.world), word(s.world), s.world.chance.IntN(100)))
	case core.ResetMailed, core.ResetLink:
		return r, nil
	}
	r.Until = s.world.opt.Now().Add(codeLasts)
	return r, nil
}

// word picks one of the words that one-time passwords are made of.
func word(w *World) string {
	words := [...]string{"amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "hazel", "inlet", "juniper"}
	return words[w.chance.IntN(len(words))]
}

// netflixGuide tells what members do at Netflix themselves, on the page that https://help.netflix.com/en/node/129831
// describes.
type netflixGuide struct{}

// Guide returns the steps for signing out and for the password.
func (netflixGuide) Guide(a core.Ability, d *core.Device) (core.Guide, bool) {
	switch a {
	case core.CanSignOut, core.CanSignOutAll:
		g := core.Guide{Link: "https://www.netflix.com/ManageAccountAccess", Open: "Manage Access and Devices", Within: 8 * time.Hour}
		find := core.Say("Find the device.")
		switch {
		case a == core.CanSignOutAll:
			find = core.Say("Find your devices.")
		case d != nil && d.Name != "":
			find = core.Say("Find the device called \"{device}\".", d.Name)
		}
		g.Steps = []core.Phrase{core.Say("Open Manage Access and Devices."), find, core.Say("Press Sign Out.")}
		return g, true
	case core.CanReset:
		return core.Guide{
			Link: "https://www.netflix.com/LoginHelp", Open: "Netflix's help",
			Steps: []core.Phrase{
				core.Say("Open Netflix's help."), core.Say("Enter your mail address."), core.Say("Follow the link in the mail that arrives."),
			},
		}, true
	case core.TwoStep:
		return core.Guide{
			Link: "https://www.netflix.com/account/security", Open: "Security",
			Steps: []core.Phrase{core.Say("Open Security."), core.Say("If it offers two-step verification, turn it on; if not, add a phone number.")},
		}, true
	case core.CanList, core.CanTellUse, core.CanTellIP, core.CanSignIns, core.CanStreams, core.CanTV:
	}
	return core.Guide{}, false
}
