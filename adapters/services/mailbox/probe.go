package mailbox

import (
	"context"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/core"
)

// maxProbed is how many of the latest mails of a service a probe reads.
const maxProbed = 20

// Probe connects to each mailbox of its own and looks whether mails of the service are there and vouched for.
func (s *service) Probe(ctx context.Context) (version string, hints []core.Phrase, err error) {
	for _, box := range s.boxes {
		found, err := s.probe(ctx, box)
		if err != nil {
			return "", nil, failure(s.title, err)
		}
		hints = append(hints, found...)
	}
	return "", append(hints, s.recipe.Advice(s.title)...), nil
}

func (s *service) probe(ctx context.Context, box *Mailbox) ([]core.Phrase, error) {
	c, err := box.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.hangUp)()
	if _, err := c.examine(box.config.Folder); err != nil {
		return nil, err
	}
	var hints []core.Phrase
	if !c.Caps().Has(imap.CapIdle) && !c.Caps().Has(imap.CapIMAP4rev2) {
		hints = append(hints, core.Say("The mail server of {mailbox} does not tell when mail comes, so I look every so often.", box.ID()))
	}
	uids, err := c.find(0, s.opt.Now().Add(-memory))
	if err != nil {
		return nil, err
	}
	latest, err := s.latest(c, box, uids)
	if err != nil {
		return nil, err
	}
	return append(hints, s.judge(box, latest)...), nil
}

// latest reads the latest mails that are, or say that they are, from the service.
func (s *service) latest(c *connection, box *Mailbox, uids []imap.UID) ([]*letter.Letter, error) {
	var wanted []imap.UID
	senders := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"From"}}
	for some := range slices.Chunk(uids, batch) {
		err := c.fetch(some, senders, func(m fetched) error {
			if s.recipe.Concerns(string(m.text), box.trust) {
				wanted = append(wanted, imap.UID(m.uid))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	wanted = wanted[max(0, len(wanted)-maxProbed):]
	if len(wanted) == 0 {
		return nil, nil
	}
	var latest []*letter.Letter
	err := c.fetch(wanted, &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader}, func(m fetched) error {
		latest = append(latest, letter.Read(m.text))
		return nil
	})
	return latest, err
}

// judge says what of a mailbox keeps the service's mails from being believed.
func (s *service) judge(box *Mailbox, latest []*letter.Letter) []core.Phrase {
	if len(latest) == 0 {
		return []core.Phrase{core.Say("No mail of {service} came to {mailbox} in the last 90 days; if it has some, they may be in another folder.", s.title, box.ID())}
	}
	var by []string
	for _, l := range latest {
		by = append(by, l.Results.By)
	}
	own := box.config.AuthservID
	switch last := by[len(by)-1]; {
	case slices.ContainsFunc(by, func(id string) bool { return strings.EqualFold(id, own) }):
		addressed := func(l *letter.Letter) bool {
			others := func(o *service) bool { _, ok := o.accountOf(l); return ok } // two may have one sender
			return strings.EqualFold(l.Results.By, own) && slices.ContainsFunc(box.services, others)
		}
		if slices.ContainsFunc(latest, addressed) {
			return nil
		}
		return []core.Phrase{core.Say("The latest mails of {service} in {mailbox} are to nobody whom accounts names, and tell me nothing unless their text does; "+
			"under accounts stands the address that {service} writes to.", s.title, box.ID())}
	case last == "":
		return []core.Phrase{core.Say("The mail provider of {mailbox} does not say whether mails are from whom they say, so I believe none of {service}.", box.ID(), s.title)}
	default:
		return []core.Phrase{core.Say("The mails of {service} in {mailbox} are vouched for by {other} and not by {own}, so I believe none; "+
			"if {other} is your own mail provider, set authserv_id to it.", s.title, box.ID(), core.Clean(last), own)}
	}
}
