package browser

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"latchstring/core"
)

// Options are what the program gives a browser.
type Options struct {
	Now  func() time.Time
	Zone *time.Location // of the household
	Dir  string         // where paths begin: the folder of the config
	Open Opener
	Step time.Duration // how long something may take to appear on the page; zero: 20 s
}

// Browser is a service's page in the owner's own browser: a [core.DeviceLister] and a [core.SignOuter].
type Browser struct {
	recipe  *Recipe
	account core.Account // that the profile is signed in to
	title   string
	opening Opening
	runs    runs
	opt     Options
	pace    pace
	one     chan struct{} // a run holds its only place

	mu      sync.Mutex
	reading reading
	ran     time.Time // when the last run began; zero: none did since the start
	trouble error     // why it failed; nil: it did not
}

// reading is the list as it was read last; at is zero where there is none.
type reading struct {
	devices []core.Device
	at      time.Time
}

// tooOld is when a reading is of no more use: by then mails tell more.
const tooOld = 48 * time.Hour

// New makes a browser for an account of a service. It starts nothing.
func New(cfg Config, account core.Account, title string, opt Options) (*Browser, error) {
	r, err := Load(cfg.Recipe, opt.Dir)
	if err != nil {
		return nil, err
	}
	if title == "" {
		title = r.Title
	}
	profile := within(opt.Dir, cfg.Profile)
	return &Browser{
		recipe: r, account: account, title: title, runs: runsIn(profile, cfg.Runs), opt: opt, pace: paceOf(opt.Step), one: make(chan struct{}, 1),
		opening: Opening{Program: cfg.Program, Profile: profile, Zone: opt.Zone.String(), Allows: r.Allows},
	}, nil
}

// Within is how long the service may take to sign a device out.
func (b *Browser) Within() time.Duration { return b.recipe.Within }

// Advice is what the owner should know of it.
func (b *Browser) Advice() []core.Phrase {
	advice := []core.Phrase{
		core.Say("The browser is experimental and off unless the config asks for it; the terms of {service} may forbid automated access, and "+
			"whether to use it is the owner's decision: {terms}", b.title, b.recipe.Terms),
		core.Say("The browser is started {n} times a day at the most, so the list is the one that was read last.", b.runs.max),
	}
	if b.recipe.Verified.IsZero() {
		return append(advice, core.Say("The recipe of the page of {service} was made from published markup; nobody has told that it works there.", b.title))
	}
	return append(advice, core.Say("The recipe of the page of {service} was last seen to work there on {day}.", b.title, b.recipe.Verified.Format(time.DateOnly)))
}

// ReadAt is when the list that Devices gives was read; zero: there is none.
func (b *Browser) ReadAt() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reading.at
}

// Devices tells the devices of the page, as it was read last. It is read anew once a share of the day has passed, which is a
// day for each run but one, whatever came of the run before; that one is for a sign-out. Where it could not be read the
// error says why, beside the devices of an earlier reading if there is one that is less than two days old.
func (b *Browser) Devices(ctx context.Context) ([]core.Device, error) {
	done, err := b.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if b.due() {
		if err := b.visit(ctx, 1, nil); errors.Is(err, errSpent) {
			return b.answer(b.spent())
		}
	}
	b.mu.Lock()
	trouble := b.trouble
	b.mu.Unlock()
	return b.answer(trouble)
}

// due tells whether it is time to read the page.
func (b *Browser) due() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	share := day / time.Duration(b.runs.max-1)
	past := func(t time.Time) bool { return t.IsZero() || b.opt.Now().Sub(t) >= share }
	return past(b.ran) && past(b.reading.at)
}

// answer is the reading, with what keeps it from being newer. What this program could not sign out now is for a person.
func (b *Browser) answer(err error) ([]core.Device, error) {
	now := b.opt.Now()
	able := (err == nil || errors.Is(err, errSpent)) && b.runs.left(now) > 0
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.reading.at) >= tooOld {
		b.reading = reading{}
	}
	devices := slices.Clone(b.reading.devices)
	for i := range devices {
		devices[i].ByHand = devices[i].ByHand || !able
	}
	return devices, err
}

// SignOut signs one device out, in a run of its own, and reads the list anew in the same run.
func (b *Browser) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	if ref.ID == "" {
		e := core.ServiceError(core.Missing, b.title, errors.New("no device is meant"))
		e.Unsent = true
		return core.Receipt{}, e
	}
	done, err := b.enter(ctx)
	if err != nil {
		return core.Receipt{}, err
	}
	defer done()
	r := core.Receipt{}
	err = b.visit(ctx, 0, func(ctx context.Context, v *run, rows []row) ([]row, error) {
		if err := b.meant(rows, ref.ID); err != nil {
			r.Gone = errors.Is(err, errGone)
			return rows, err
		}
		if err := v.signOut(ctx, rows, ref.ID); err != nil {
			return nil, err
		}
		rows, err := v.list(ctx)
		if err != nil || !slices.ContainsFunc(rows, func(o row) bool { return o.device == ref.ID }) {
			return rows, err
		}
		if v.layout.Done != nil && !v.confirmed {
			return rows, core.ServiceError(core.NeedsPerson, b.title, errors.New("browser: it is still there, and the page did not say that it was signed out"))
		}
		r.Within = b.recipe.Within
		return rows, nil
	})
	switch {
	case r.Gone:
		return r, nil
	case errors.Is(err, errSpent):
		return core.Receipt{}, b.spent()
	}
	return r, err
}

// errGone says that a device is not on the page any more.
var errGone = errors.New("it is gone")

// meant looks whether exactly one row is the device that is meant.
func (b *Browser) meant(rows []row, id core.DeviceID) error {
	var same, renamed []row
	for _, o := range rows {
		switch {
		case o.device == id:
			same = append(same, o)
		case sameHardware(id, o.device):
			renamed = append(renamed, o)
		}
	}
	switch {
	case len(same) == 1 && same[0].own:
		return core.OwnSessionError()
	case len(same) > 1:
		return &core.Error{
			Kind: core.NeedsPerson, Unsent: true, Err: errors.New("browser: rows that can not be told apart"),
			Text: core.Say("{service} lists {n} devices that look the same, so I pressed nothing.", b.title, len(same)),
			Hint: core.Say("Ask for it once more, and I give you the steps to do it by hand."),
		}
	case len(same) == 0 && len(renamed) > 0:
		return &core.Error{
			Kind: core.NeedsPerson, Unsent: true, Err: errors.New("browser: the row has another name"),
			Text: core.Say("{service} lists this device under another name now, so I pressed nothing.", b.title),
			Hint: core.Say("Ask for the list of now."),
		}
	case len(same) == 0:
		return errGone
	}
	return nil
}

// enter waits for the only place; done gives it back.
func (b *Browser) enter(ctx context.Context) (done func(), err error) {
	if ctx.Err() == nil {
		select {
		case b.one <- struct{}{}:
			return func() { <-b.one }, nil
		case <-ctx.Done():
		}
	}
	e := core.ServiceError(core.Unreachable, b.title, ctx.Err())
	e.Unsent = true
	return nil, e
}

// visit makes a run that reads the list and does something with it, if so many are spared afterwards. What the run read last is the
// reading; where something was pressed and the list not read since, there is none.
func (b *Browser) visit(ctx context.Context, spare int, then func(context.Context, *run, []row) ([]row, error)) error {
	now := b.opt.Now()
	rows, at, pressed, err := b.run(ctx, now, spare, then)
	if errors.Is(err, errSpent) {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ran = now
	switch {
	case rows != nil:
		b.reading, b.trouble = reading{b.devices(rows), at}, nil
		if core.KindOf(err) == core.NeedsPerson && pressed {
			b.trouble = err
		}
	case pressed:
		b.reading, b.trouble = reading{}, failure(b.title, err, false)
	default:
		b.trouble = failure(b.title, err, false)
	}
	if err == nil || errors.Is(err, errGone) {
		return err
	}
	return failure(b.title, err, pressed)
}

// run opens the browser and closes it again. Rows is what was read last, at a time, and nil where that failed.
func (b *Browser) run(ctx context.Context, now time.Time, spare int, then func(context.Context, *run, []row) ([]row, error)) (
	rows []row, at time.Time, pressed bool, err error,
) {
	if err := usable(b.opening.Profile); err != nil {
		return nil, at, false, err
	}
	end, err := b.runs.begin(now, spare)
	if err != nil {
		return nil, at, false, err
	}
	defer end()
	ctx, cancel := context.WithTimeout(ctx, RunLimit)
	defer cancel()
	page, err := b.opt.Open(ctx, b.opening)
	if err != nil {
		return nil, at, false, err
	}
	defer page.Close()
	v := &run{recipe: b.recipe, page: page, zone: b.opt.Zone, pace: b.pace}
	at = b.opt.Now()
	if rows, err = v.list(ctx); err == nil && then != nil {
		rows, err = then(ctx, v, rows)
		if v.pressed {
			at = b.opt.Now()
		}
	}
	return rows, at, v.pressed, err
}

// spent says that no run is left. That is this program's own limit, so that the service is not pestered.
func (b *Browser) spent() error {
	return &core.Error{
		Kind: core.NeedsPerson, Unsent: true, Err: errSpent,
		Text: core.Say("I have looked at the page of {service} as often as I may for now.", b.title),
		Hint: core.Say("It is a limit of the config, so that {service} is not pestered; I look again by myself.", b.title),
	}
}
