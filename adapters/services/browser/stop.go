package browser

import (
	"errors"
	"fmt"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Why says why only a person can go on.
type Why string

// The reasons for which a run ends.
const (
	SignIn    Why = "sign-in"   // the profile is not signed in any more
	Code      Why = "code"      // it wants a code, or some other second proof
	Puzzle    Why = "puzzle"    // a puzzle for people
	Trouble   Why = "trouble"   // something else that the recipe knows and this program does not go on at
	Unknown   Why = "unknown"   // the page is not as the recipe says
	Elsewhere Why = "elsewhere" // it led to another site, or in circles
	Window    Why = "window"    // it opened a window, or asked something
	InUse     Why = "in use"    // somebody has the profile open
	NoProfile Why = "profile"   // it is not there, or not as it should be
	NoProgram Why = "program"   // there is no browser that could be started
)

// UnmarshalText reads a reason that recipes give.
func (w *Why) UnmarshalText(text []byte) error {
	names := []string{string(SignIn), string(Code), string(Puzzle), string(Trouble)}
	for _, n := range names {
		if n == string(text) {
			*w = Why(n)
			return nil
		}
	}
	return errors.New("no such reason; " + strictyaml.Suggest(string(text), names))
}

// Stop says that only a person can go on. Where is the path of the page, or what else the log should have; it never holds what
// comes after a ? in an address.
type Stop struct {
	Because Why
	Where   string
}

func (s *Stop) Error() string { return fmt.Sprintf("browser: %s: %s", s.Because, core.Clean(s.Where)) }

// failure words why a run ended. After the button was pressed nothing is known of what came of it; before, nothing was done.
func failure(title string, err error, pressed bool) error {
	s, ok := errors.AsType[*Stop](err)
	switch {
	case ok && pressed:
		e := core.ServiceError(core.Garbled, title, err)
		e.Text = stopText(s.Because, title)
		return e
	case ok:
		return &core.Error{Kind: core.NeedsPerson, Unsent: true, Text: stopText(s.Because, title), Hint: stopHint(s.Because, title), Err: err}
	case core.KindOf(err) != "":
		return err
	}
	e := core.ServiceError(core.Unreachable, title, err)
	e.Text = core.Say("The page of {service} did not come up in time.", title)
	e.Hint = core.Say("I will try again later; until then I go by what {service} mails.", title)
	e.Unsent = !pressed
	return e
}

func stopText(w Why, title string) core.Phrase {
	switch w {
	case SignIn:
		return core.Say("{service} wants my browser to be signed in anew.", title)
	case Code:
		return core.Say("{service} wants a code from my browser that only a person gets.", title)
	case Puzzle:
		return core.Say("{service} shows my browser a puzzle for people, and I solve none.", title)
	case Elsewhere:
		return core.Say("The page of {service} led my browser elsewhere, so I stopped.", title)
	case Window:
		return core.Say("The page of {service} opened a window in my browser, so I stopped.", title)
	case InUse:
		return core.Say("The browser profile for {service} is open in another browser now.", title)
	case NoProfile:
		return core.Say("The browser profile for {service} can not be used.", title)
	case NoProgram:
		return core.Say("The browser for {service} can not be started.", title)
	case Trouble, Unknown:
	}
	return core.Say("The page of {service} is not as I know it, so I stopped.", title)
}

func stopHint(w Why, title string) core.Phrase {
	switch w {
	case SignIn, Code, Puzzle:
		return core.Say("The owner can open the profile in a browser by hand and see to it; until then I go by what {service} mails.", title)
	case InUse:
		return core.Say("Close that browser; I will try again later.")
	case NoProfile, NoProgram:
		return core.Say("\"latchstring check\" tells the owner the cause.")
	case Elsewhere, Window, Trouble, Unknown:
	}
	return core.Say("It may have been changed; until there is a newer recipe I go by what {service} mails.", title)
}
