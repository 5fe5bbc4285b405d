package talk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"latchstring/core"
	"latchstring/core/control"
)

// The kinds of buttons. They stand in the database until their buttons lapse, so a kind is never given a new meaning.
const (
	kindSignOut  = "sign out"     // opens the question
	kindConfirm  = "confirm"      // signs out
	kindKeep     = "keep"         // of all: which one stays
	kindAsk      = "ask"          // asks the owners for a sign-out
	kindReset    = "reset"        // opens the question
	kindStart    = "start reset"  // starts it
	kindAskReset = "ask reset"    // asks the owners for a reset
	kindApprove  = "approve"      // an owner's yes
	kindDeny     = "deny"         // an owner's no
	kindDone     = "done by hand" // it worked
	kindNotDone  = "not by hand"  // it did not
	kindTomorrow = "tomorrow"     // ask again
	kindLook     = "look again"   // what came of it?
	kindNever    = "never mind"   // closes a question

	kindOurs      = "ours"          // says whose sign-in it was
	kindNotOurs   = "not ours"      // says that it was nobody's
	kindCaseOut   = "case sign out" // says so and signs the device out
	kindCaseLater = "ask later"     // has the reader asked again
	kindCaseShow  = "show case"     // shows how a case stands

	kindPassEnd = "end pass" // ends it before its time
	kindPassNot = "not mine" // another device took it than was meant

	kindExceptDevice = "except device" // nobody is asked about it again
	kindExceptPlace  = "except place"
	kindAskAgain     = "ask again" // takes that back

	kindGuestYes   = "guest yes"   // who was invited says that it is them
	kindIsMember   = "is member"   // an owner says that it is them
	kindIsStranger = "is stranger" // an owner says that it is not
	kindUnlink     = "unlink"      // takes a contact away

	kindLink = "show link" // of a notice

	kindStepOn    = "step on"    // an account asks for a second step
	kindStepHow   = "step how"   // shows how it is made to
	kindStepLater = "step later" // asks again at the next review

	kindPlea     = "ask nicely" // has a member asked to finish
	kindSoon     = "soon"       // the answer: five more minutes
	kindFinished = "finished"   // the answer: done
	kindStop     = "stop"       // opens the question whether a stream is stopped
	kindStopNow  = "stop now"   // stops it
)

// How long buttons may be pressed.
const (
	lifeOfRow      = 24 * time.Hour   // opens a question that is read fresh
	lifeOfQuestion = 15 * time.Minute // does what it says at once
	lifeOfAsking   = time.Hour        // as long as the owners may decide
	lifeOfHand     = 7 * 24 * time.Hour
)

// offering describes a button to be made.
type offering struct {
	kind  string
	args  any
	to    []core.MemberID // who may press it; nil: the reader alone
	group string          // buttons of one question: one answer uses up all
	once  bool
	life  time.Duration
}

// signOutArgs is what the buttons of a sign-out carry.
type signOutArgs struct {
	Want control.Want    `json:"want"`
	Told []core.MemberID `json:"told,omitempty"` // whom the question said it touches
	caseArgs
}

// resetArgs is what the buttons of a reset carry.
type resetArgs struct {
	Service core.ServiceID `json:"service"`
	Member  core.MemberID  `json:"member"`
}

// actionArgs is what the buttons under an action carry.
type actionArgs struct {
	Action core.ActionID `json:"action"`
}

// button makes a button whose meaning stays at home.
func (u *turn) button(label Text, style ButtonStyle, o offering) Button {
	handle, err := core.NewHandle(u.Random)
	args, err2 := json.Marshal(o.args)
	if err = errors.Join(err, err2); err != nil {
		u.err = errors.Join(u.err, err)
		return Button{}
	}
	id, _ := core.OfferOf(handle)
	audience := o.to
	if audience == nil {
		audience = []core.MemberID{u.me.ID}
	}
	u.offers = append(u.offers, core.Offer{
		ID: id, Kind: o.kind, Args: args, Audience: audience, Group: o.group, Once: o.once, Made: u.now, Lapses: u.now.Add(o.life),
	})
	return Button{Label: label, Style: style, Handle: handle}
}

// again is a button that says a command for the reader.
func again(label Text, command string) Button { return Button{Label: label, Say: command} }

// pressed answers a press. A handle that was never given out, is not the reader's, or was forgotten long ago get one
// and the same answer, so that pressing at random teaches nothing; none of them writes anything.
func (u *turn) pressed(ctx context.Context, late bool) Reply {
	now := u.listOfNow("")
	foreign := Reply{Card: Card{Tone: Warn, Summary: u.say("That button is too old, or not for you."), Buttons: []Button{now}, Private: true}}
	id, ok := core.OfferOf(u.req.Handle)
	if !ok {
		return foreign
	}
	o, err := u.Offers.Offer(ctx, id)
	switch {
	case errors.Is(err, core.ErrNone):
		return foreign
	case err != nil:
		return u.failed(core.RecordError(err))
	case !o.For(u.me.ID):
		return foreign
	case !o.Used.IsZero():
		return u.used(ctx, o)
	case !u.now.Before(o.Lapses):
		return Reply{Redraw: true, Card: Card{
			Tone: Warn, Private: true, Buttons: []Button{now},
			Summary: u.say("That button is from {time}; things may have changed since.", u.moment(o.Made)),
		}}
	}
	if late && !u.isAnswered(ctx, o) {
		return u.late()
	}
	r := u.press(ctx, o)
	if r.Card.Summary.Empty() {
		return u.used(ctx, o)
	}
	return r
}

// press does what a button means. A reply without a card says that somebody else was faster.
func (u *turn) press(ctx context.Context, o core.Offer) Reply {
	do, ok := presses()[o.Kind]
	if !ok {
		return u.failed(errors.New("unknown kind of button: " + o.Kind))
	}
	return do(u, ctx, o)
}

// decode reads what an offer carries.
func decode(o core.Offer, into any) error { return json.Unmarshal(o.Args, into) }

// used tells a member who presses what was pressed already how things stand now.
func (u *turn) used(ctx context.Context, o core.Offer) Reply {
	if fresh, err := u.Offers.Offer(ctx, o.ID); err == nil {
		o = fresh
	}
	if o.Action != "" {
		if a, err := u.Desk.Action(ctx, u.me, o.Action); err == nil {
			c := u.outcomeCard(ctx, a)
			if a.Case == "" { // a case tells it itself
				c.Body = append(c.Body, u.whoPressed(o))
			}
			return Reply{Card: c, Redraw: true}
		}
	}
	return Reply{Redraw: true, Card: Card{Private: true, Summary: u.whoPressed(o)}}
}

// whoPressed says who used a button up, and when.
func (u *turn) whoPressed(o core.Offer) Text {
	switch {
	case o.Used.IsZero():
		return u.say("That question was answered already.")
	case o.UsedBy == u.me.ID:
		return u.say("You answered this already, at {time}.", u.moment(o.Used))
	}
	return u.say("{member} answered this already, at {time}.", u.name(o.UsedBy), u.moment(o.Used))
}

// unless words a failure, but for the one that somebody else was faster: that is told by how things stand now.
func (u *turn) unless(err error, buttons ...Button) Reply {
	if errors.Is(err, core.ErrUsed) {
		return Reply{}
	}
	if core.KindOf(err) == "" {
		err = core.RecordError(err)
	}
	return u.failed(err, buttons...)
}

// close ends a question without doing anything.
func (u *turn) close(ctx context.Context, o core.Offer) Reply {
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return u.unless(err)
	}
	return Reply{Card: Card{Summary: u.say("All right, nothing was done."), Private: true}, Redraw: true}
}
