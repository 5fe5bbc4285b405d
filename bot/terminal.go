package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"latchstring/adapters/chats/terminal"
	"latchstring/core"
)

// converse opens the house and seats a member at the terminal until they leave. In a pipe nothing runs beside the
// conversation; in a terminal the house lives on while they type.
func (b *house) converse(ctx context.Context, io streams, who core.Member, opening string) error {
	contact, ok := who.Contact(core.Terminal)
	if !ok {
		return fmt.Errorf("%s has no seat at the terminal", who.Name)
	}
	editing, colour := manners(io)
	cfg := terminal.Config{
		In: io.in, Out: io.out, Contact: contact, Handle: b.talk.Handle, Now: time.Now,
		Opening: opening, Editing: editing, Colour: colour, Settle: b.settle,
	}
	if editing {
		cfg.Settle = nil
	}
	chat := terminal.New(cfg)
	if editing {
		b.lines.through(chat)
		defer b.lines.through(nil)
	}
	b.join(chat)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := b.desk.LoadLinks(ctx); err != nil {
		return err
	}
	b.courier.Begin(ctx)
	var wg sync.WaitGroup
	if !editing { // else the open house reads them
		readMail(ctx, b.boxes, b.log, &wg)
	}
	b.watcher.Round(ctx) // what was before is known; only what happens from now on is news
	var failed error
	if editing {
		wg.Go(func() {
			failed = b.open(ctx)
			stop()
		})
	}
	err := chat.Run(ctx)
	stop()
	wg.Wait()
	return errors.Join(failed, err)
}

// manners tells whether the reader sits at a terminal in which lines can be edited, and whether it has colours.
func manners(io streams) (editing, colour bool) {
	in, isFile := io.in.(*os.File)
	out, too := io.out.(*os.File)
	if !isFile || !too {
		return false, false
	}
	return terminal.Suits(in, out, os.Getenv)
}

// seat gives one member of the household the terminal, and nobody else: the named one, or the first owner.
func seat(h *core.Household, name string) (core.Member, error) {
	who := h.Owners()[0]
	if name != "" {
		m, ok := h.Named(name)
		if !ok {
			return core.Member{}, fmt.Errorf("there is no %q in this household; there are %s", name, strings.Join(names(h), ", "))
		}
		who = m
	}
	for i := range h.Members {
		m := &h.Members[i]
		m.Contacts = slices.DeleteFunc(slices.Clone(m.Contacts), func(c core.Contact) bool { return c.Chat == core.Terminal })
		if m.ID == who.ID {
			m.Contacts = append(m.Contacts, core.Contact{Chat: core.Terminal, User: string(m.ID)})
			who = *m
		}
	}
	return who, nil
}

func names(h *core.Household) []string {
	var all []string
	for _, m := range h.Members {
		all = append(all, m.Name)
	}
	return all
}
