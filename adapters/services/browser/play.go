package browser

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"latchstring/core"
)

// mayRun tells whether there is a run left today beside those that are kept for something else; mu is held.
func (b *browser) mayRun(kept int) error {
	b.state.tidy(b.Now())
	if len(b.state.Runs) < b.Runs-kept {
		return nil
	}
	return b.byHand(core.Busy, core.Say("I look at {service}'s page {n} times a day at the most, and have.", b.title, b.Runs), nil)
}

// play starts the browser, does what is to be done on the page, and ends it. That there is a run is on disk before it begins. mu is
// held.
func (b *browser) play(ctx context.Context, do func(context.Context, *run) error) error {
	b.state.Runs = append(b.state.Runs, b.Now())
	if err := b.state.save(b.Profile); err != nil {
		return b.byHand(core.NeedsPerson, core.Say("I can not write down that I look at {service}'s page, so I do not.", b.title), err)
	}
	ctx, cancel := context.WithTimeout(ctx, runWithin)
	defer cancel()
	r := &run{recipe: b.Recipe, step: b.Step}
	err := func() error {
		page, end, err := b.Launch(ctx)
		if err != nil {
			return err
		}
		defer end()
		r.page = page
		if err := r.begin(ctx); err != nil {
			return err
		}
		return do(ctx, r)
	}()
	if b.last = err; err == nil {
		return nil
	}
	b.Log.Warn("browser run ended early", slog.String("service", string(b.service)), slog.Any("cause", err))
	return b.failure(err, r.pressed)
}

// ErrInUse says that another browser has the profile open.
var ErrInUse = errors.New("the profile is open in another browser")

// failure words why a run ended early. After something was pressed nobody knows what came of it.
func (b *browser) failure(err error, pressed bool) error {
	if _, worded := errors.AsType[*core.Error](err); worded {
		return err
	}
	if pressed {
		return core.ServiceError(core.Unreachable, b.title, err) // not Unsent: it is looked at again
	}
	var stopped *Stopped
	switch {
	case errors.As(err, &stopped) && stopped.reason == signIn:
		return b.byHand(core.NeedsPerson, core.Say("{service}'s page asks for a sign-in, which I never do: the owner signs the browser in by hand.", b.title), err)
	case errors.As(err, &stopped) && stopped.reason == secondStep:
		return b.byHand(core.NeedsPerson, core.Say("{service}'s page asks for a second step, which I never take: the owner does it by hand in that browser.", b.title), err)
	case errors.As(err, &stopped) && stopped.reason == puzzle:
		return b.byHand(core.NeedsPerson, core.Say("{service}'s page shows a puzzle, which I never solve: the owner does it by hand in that browser.", b.title), err)
	case errors.As(err, &stopped):
		return b.byHand(core.NeedsPerson, core.Say("{service}'s page is not as my recipe knows it, so I stopped.", b.title), err)
	case errors.Is(err, ErrInUse):
		return b.byHand(core.NeedsPerson, core.Say("The browser that I look at {service} with is open; close it first.", b.title), err)
	}
	return b.byHand(core.NeedsPerson, core.Say("The browser that I look at {service} with does not work right now.", b.title), err)
}

// byHand says why the browser is of no help, and what is. Nothing was pressed.
func (b *browser) byHand(kind core.Kind, text core.Phrase, cause error) *core.Error {
	return &core.Error{
		Kind: kind, Unsent: true, Err: cause, Text: text,
		Hint: core.Say("By hand it goes at {page}.", b.Recipe.Page),
	}
}

// prober tells what the owner should know, besides what is known without the browser. It makes no run.
type prober struct {
	b *browser
	p core.Prober
}

func (p prober) Probe(ctx context.Context) (version string, hints []core.Phrase, err error) {
	if p.p != nil {
		version, hints, err = p.p.Probe(ctx)
	}
	r := p.b.Recipe
	hints = append(hints,
		core.Say("EXPERIMENTAL: browser is on. The terms of {service} may forbid automated access; you decide: {terms}", p.b.title, r.Terms),
		core.Say("recipe {version} of {day}, {tried}; at most {n} runs a day", r.Version, r.Written, tried(r.Verified), p.b.Runs))
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	if stateErr := p.b.remember(); stateErr != nil {
		return version, hints, errors.Join(err, stateErr)
	}
	if !p.b.state.At.IsZero() {
		hints = append(hints, core.Say("the page was last read on {day}", p.b.state.At.Format(time.DateOnly)))
	}
	if p.b.last != nil {
		hints = append(hints, core.TextOf(p.b.failure(p.b.last, false)))
	}
	return version, hints, err
}

func tried(verified string) core.Phrase {
	if verified == "" {
		return core.Say("never tried on the real page")
	}
	return core.Say("last seen to work on {day}", verified)
}
