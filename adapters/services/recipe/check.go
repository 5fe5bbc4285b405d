package recipe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Check finds what is wrong between the parts of a recipe; the parts check themselves before.
func (r *recipe) Check(at strictyaml.At) {
	for _, name := range slices.Sorted(maps.Keys(r.Variables)) {
		if slices.Contains([]string{"id", "login", "user"}, name) || placeName.FindString("{"+name+"}") != "{"+name+"}" {
			at.Under("variables").Fault(name, "should be a name of small letters, digits and _, and not id, login or user")
		}
	}
	if r.Settle < 0 || r.Settle > time.Hour {
		at.Fault("settle", "should be between 0s and 1h")
	}
	r.checkPlaces(at)
	r.checkSecrets(at)
	r.checkReach(at)
	r.checkWhy(at)
}

// checkPlaces looks that every place in a call gets a value, and that what ends or resets something says whose.
func (r *recipe) checkPlaces(at strictyaml.At) {
	fixed := slices.Sorted(maps.Keys(r.Variables))
	account := append([]string{"login"}, fixed...)
	if r.User.Call.is() {
		account = append(account, "user")
	}
	device := append([]string{"id"}, account...)
	check := func(section, key string, used, known []string) {
		for _, name := range used {
			switch {
			case slices.Contains(known, name):
			case name == "user":
				at.Under(section).Fault(key, "{user} needs the section user, which says how a user's id is found")
			default:
				at.Under(section).Fault(key, fmt.Sprintf("{%s} is not known here; %s", name, suggest(name, known)))
			}
		}
	}
	check("auth", "token", r.Auth.Token.places(), fixed)
	check("probe", "call", r.Probe.Call.places(), fixed)
	check("user", "call", r.User.Call.places(), append([]string{"login"}, fixed...))
	check("list", "call", r.List.Call.places(), account)
	for section, c := range map[string]change{"sign_out": r.SignOut, "sign_out_all": r.SignOutAll, "reset": {Call: r.Reset.Call, Body: r.Reset.Body}} {
		known := account
		if section == "sign_out" {
			known = device
		}
		check(section, "call", c.Call.places(), known)
		check(section, "body", c.Body.places(), known)
	}
}

// suggest names what was probably meant, or all there is.
func suggest(word string, known []string) string {
	if near := core.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean {%s}?", near)
	}
	if len(known) == 0 {
		return "nothing is"
	}
	return "known are {" + strings.Join(known, "}, {") + "}"
}

// checkReach looks that nothing ends or resets more than is meant.
func (r *recipe) checkReach(at strictyaml.At) {
	names := func(c call, b body, places ...string) bool {
		return slices.ContainsFunc(append(c.places(), b.places()...), func(p string) bool { return slices.Contains(places, p) })
	}
	if c := r.SignOut; c.Call.is() && !names(c.Call, c.Body, "id") {
		at.Under("sign_out").Fault("call", "should have {id} in it, to say what is signed out")
	}
	if c := r.SignOutAll; c.Call.is() && !r.PerMemberKey && !names(c.Call, c.Body, "user", "login") {
		at.Under("sign_out_all").Fault("call", "should have {user} or {login} in it, to say whose devices are signed out")
	}
	if c := r.Reset; c.Call.is() && !r.PerMemberKey && !names(c.Call, c.Body, "user", "login") {
		at.Under("reset").Fault("call", "should have {user} or {login} in it, to say whose password is reset")
	}
	if r.List.Call.is() && !r.perMember() && !r.List.Login.is() && (!r.List.User.is() || !r.User.Call.is()) {
		at.Fault("list", "lists everybody at once, so it should say under login or user where in a row it stands whose it is "+
			"(user needs the section user)")
	}
	if r.List.OwnKey.is() && r.Auth.Way != wayHeader && r.Auth.Way != wayBearer {
		at.Under("list").Fault("own_key", "needs auth by header or bearer; there is no key to compare with otherwise")
	}
}

// checkSecrets looks that nothing reads what is secret. The one exception is own_key, which is compared and not kept.
func (r *recipe) checkSecrets(at strictyaml.At) {
	l := r.List
	reads := map[string]path{
		"id": l.ID, "name": l.Name, "system": l.System, "app": l.App, "user_agent": l.UserAgent, "address": l.Address, "playing": l.Playing,
		"last_use": l.LastUse, "since": l.Since, "generation": l.Generation, "user": l.User, "login": l.Login, "own": l.Own,
	}
	lists := at.Under("list")
	for _, key := range slices.Sorted(maps.Keys(reads)) {
		r.checkSecret(reads[key], func(text string) { lists.Fault(key, text) })
	}
	for i, p := range l.Place {
		r.checkSecret(p, func(text string) { lists.Under("place").Item(i).Fault("", text) })
	}
	for i, p := range r.NeverTouch {
		r.checkSecret(p.At, func(text string) { at.Under("never_touch").Item(i).Fault("at", text) })
	}
	r.checkSecret(r.User.ID, func(text string) { at.Under("user").Fault("id", text) })
	r.checkSecret(r.User.Login, func(text string) { at.Under("user").Fault("login", text) })
	if l.OwnKey.is() && !slices.ContainsFunc(r.Secret, func(p path) bool { return p.text == l.OwnKey.text }) {
		lists.Fault("own_key", "should be named under secret too")
	}
}

func (r *recipe) checkSecret(p path, fault func(string)) {
	for _, s := range r.Secret {
		if p.is() && p.meets(s) {
			fault(fmt.Sprintf("would read what is named under secret (%s)", s.text))
		}
	}
}

// checkWhy looks that nothing tells why an ability is missing that is there, or that does not exist.
func (r *recipe) checkWhy(at strictyaml.At) {
	for key, names := range map[string][]string{"by_hand": slices.Sorted(maps.Keys(r.ByHand)), "why": slices.Sorted(maps.Keys(r.Why))} {
		for _, name := range names {
			a, ok := abilityNamed(name)
			switch {
			case !ok:
				at.Under(key).Fault(name, "is no ability; there are "+abilityKeys())
			case r.can(a):
				at.Under(key).Fault(name, "is told here, but the recipe can do it")
			}
		}
	}
}

func abilityKeys() string {
	var keys []string
	for _, a := range core.Abilities() {
		keys = append(keys, keyOf(a))
	}
	return strings.Join(keys, ", ")
}

// can tells whether the recipe describes an ability.
func (r *recipe) can(a core.Ability) bool {
	switch a {
	case core.CanList:
		return true
	case core.CanTellUse:
		return r.List.LastUse.is()
	case core.CanTellIP:
		return r.List.Address.is() || len(r.List.Place) > 0
	case core.CanSignOut:
		return r.SignOut.Call.is()
	case core.CanSignOutAll:
		return r.SignOutAll.Call.is() || r.SignOut.Call.is()
	case core.CanReset:
		return r.Reset.Call.is()
	case core.CanSignIns, core.CanStreams, core.CanTV, core.TwoStep:
	}
	return false
}

// The ways to prove who we are.
const (
	wayNone   = "none"
	wayHeader = "header"
	wayBearer = "bearer"
	wayBasic  = "basic"
	wayClient = "client_credentials"
)

// Check is called by strictyaml.
func (a *auth) Check(at strictyaml.At) {
	ways := []string{wayNone, wayHeader, wayBearer, wayBasic, wayClient}
	if !slices.Contains(ways, a.Way) {
		at.Fault("way", "should be one of "+strings.Join(ways, ", "))
		return
	}
	if (a.Way == wayHeader) != (a.Header != "") {
		at.Fault("header", "names the header of the key, where way is header and nowhere else")
	}
	if strings.ContainsFunc(a.Header, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }) {
		at.Fault("header", "should be the name of a header, such as X-Api-Key")
	}
	if (a.Way == wayClient) != a.Token.is() {
		at.Fault("token", "is the call that gives a token, where way is client_credentials and nowhere else")
	}
	if a.Scope != "" && a.Way != wayClient {
		at.Fault("scope", "is for client_credentials only")
	}
}

// Check is called by strictyaml.
func (l *list) Check(at strictyaml.At) {
	if l.Call.is() && l.Call.method != "GET" {
		at.Fault("call", "should be a GET: a list changes nothing")
	}
	if l.System.is() && !l.Name.is() {
		at.Fault("system", "completes a name (\"Chrome\" on \"Windows\"), so name is needed")
	}
	if n := len(l.Place); n > 3 {
		at.Fault("place", "should be 3 at the most")
	}
}

// Check is called by strictyaml.
func (p *probe) Check(at strictyaml.At) {
	if p.Call.is() && p.Call.method != "GET" {
		at.Fault("call", "should be a GET: a look changes nothing")
	}
}

// Check is called by strictyaml.
func (u *user) Check(at strictyaml.At) {
	if u.Call.is() && u.Call.method != "GET" {
		at.Fault("call", "should be a GET: a look changes nothing")
	}
	if u.Call.is() && !u.Login.is() && !slices.Contains(u.Call.places(), "login") {
		at.Fault("call", "should ask for {login}, or login should say where in a row it stands")
	}
}

// Check is called by strictyaml.
func (p *paging) Check(at strictyaml.At) {
	need := func(key string, given, needed bool) {
		switch {
		case needed && !given:
			at.Fault(key, "is needed by "+p.By)
		case !needed && given:
			at.Fault(key, "is not used by "+p.By)
		}
	}
	switch p.By {
	case byLink:
		need("param", p.Param != "", false)
		need("next", p.Next.is(), false)
		need("total", p.Total.is(), false)
	case byPage, byOffset:
		need("param", p.Param != "", true)
		if p.By == byOffset {
			need("next", p.Next.is(), false)
		}
	case byCursor:
		need("param", p.Param != "", true)
		need("next", p.Next.is(), true)
		need("total", p.Total.is(), false)
	default:
		at.Fault("by", "should be one of "+strings.Join([]string{byLink, byPage, byOffset, byCursor}, ", "))
	}
	if (p.Sizing == "") != (p.Size == 0) || p.Size < 0 || p.Size > maxRows {
		at.Fault("size", "and size_param come together, and size is between 1 and 5000")
	}
}

// Check is called by strictyaml.
func (p *predicate) Check(at strictyaml.At) {
	if (p.Is == "") == (p.Has == "") {
		at.Fault("", "should have one of is and has")
	}
}

// Check is called by strictyaml.
func (c *change) Check(at strictyaml.At) {
	if c.Call.method == "GET" {
		at.Fault("call", "should not be a GET: it changes something")
	}
	if c.Within < 0 || c.Within > 7*24*time.Hour {
		at.Fault("within", "should be between 0s and 168h")
	}
}

// Check is called by strictyaml.
func (r *reset) Check(at strictyaml.At) {
	if r.Call.method == "GET" {
		at.Fault("call", "should not be a GET: it changes something")
	}
	switch r.Way {
	case core.ResetMailed, core.ResetCode, core.ResetLink, core.ResetPassword:
		if r.Way.Private() != r.SecretAt.is() {
			at.Fault("secret_at", "says where the code or link for the member stands, unless way is mailed")
		}
	default:
		at.Fault("way", "should be mailed, code, link or password; what a person does by hand stands under by_hand")
	}
	if r.Lasts != 0 && r.UntilAt.is() || r.Lasts < 0 {
		at.Fault("lasts", "is for services that do not say until when (until_at), and not less than 0s")
	}
}

// Check is called by strictyaml.
func (a *answer) Check(at strictyaml.At) {
	if len(a.Status) == 0 && a.Is == "" && a.Has == "" {
		at.Fault("", "should have a status, or a text: at and is, or has")
	}
	if a.Is != "" && !a.At.is() {
		at.Fault("is", "needs at, to say where the text stands")
	}
	if a.Say.text != "" && (a.Means == meansDone || a.Means == meansGone) {
		at.Fault("say", "is for failures only")
	}
}

// Check is called by strictyaml.
func (g *guide) Check(at strictyaml.At) {
	if len(g.Steps) > 10 {
		at.Fault("steps", "should be 10 at the most")
	}
	if g.Link != "" && (strings.HasPrefix(g.Link, "//") || !strings.HasPrefix(g.Link, "/") && !strings.HasPrefix(g.Link, "https://")) {
		at.Fault("link", "should begin with / for a page of the service, or with https://")
	}
	if (g.Link == "") != (g.Open == "") {
		at.Fault("open", "is the name of the link; they come together")
	}
	if g.Within < 0 || g.Within > 7*24*time.Hour {
		at.Fault("within", "should be between 0s and 168h")
	}
}

// meaning is what an answer comes to.
type meaning string

const (
	meansDone    meaning = "done"
	meansGone    meaning = "gone" // there was nothing to do (any more)
	meansBadKey  meaning = "bad_key"
	meansBusy    meaning = "busy"
	meansMissing meaning = "missing"
	meansCannot  meaning = "cannot"
)

func (m *meaning) UnmarshalText(text []byte) error {
	switch *m = meaning(text); *m {
	case meansDone, meansGone, meansBadKey, meansBusy, meansMissing, meansCannot:
		return nil
	}
	return errors.New("should be done, gone, bad_key, busy, missing or cannot")
}

// kind is how core calls the failure; "" is none.
func (m meaning) kind() core.Kind {
	switch m {
	case meansBadKey:
		return core.BadKey
	case meansBusy:
		return core.Busy
	case meansMissing:
		return core.Missing
	case meansCannot:
		return core.Cannot
	case meansDone, meansGone:
	}
	return ""
}
