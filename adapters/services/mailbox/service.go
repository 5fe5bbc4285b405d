package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/adapters/services/mailbox/notice"
	"latchstring/core"
)

// Options are what the program gives a connector.
type Options struct {
	Now func() time.Time
	Log *slog.Logger
	Dir string // where the path of a recipe's file begins: the folder of the config
}

// service is one joined service. It is every port that it has, and a [core.NoticeSource] besides.
type service struct {
	id       core.ServiceID
	title    string
	recipe   *notice.Recipe
	accounts []core.Account
	boxes    []*Mailbox
	opt      Options
	news     chan struct{}
}

// New joins a service to those of the mailboxes that its config names, or to all. The connector's SignIns is a
// [core.NoticeSource] as well. It must be called before the mailboxes run.
func New(cfg Config, id core.ServiceID, title string, accounts []core.Account, boxes []*Mailbox, opt Options) (core.Connector, error) {
	r, err := notice.Load(cfg.Recipe, opt.Dir)
	if err != nil {
		return core.Connector{}, err
	}
	if title == "" {
		title = r.Title
	}
	s := &service{id: id, title: title, recipe: r, accounts: accounts, opt: opt, news: make(chan struct{}, 1)}
	if s.boxes, err = choose(boxes, cfg.Mailboxes); err != nil {
		return core.Connector{}, err
	}
	for _, b := range s.boxes {
		b.services = append(b.services, s)
	}
	why := r.Reasons(title)
	_, hidden := why[core.CanTellIP]
	c := core.Connector{
		Service: id, Title: title, Accounts: accounts, Limit: cfg.Streams,
		Devices: s, SignIns: s, Notices: s, OneTime: s, ByHand: s, OnDevice: onDevice{title}, Prober: s, Nudges: s.nudges,
		Tells: core.Tells{LastUse: true, Place: true, Address: !hidden, Hearsay: true}, Why: why,
	}
	for _, a := range core.Abilities() {
		if _, told := c.Why[a]; !told && c.Can(a) == core.No {
			c.Why[a] = core.Say("{service} lets no program do this, and its recipe does not say how a person does.", title)
		}
	}
	return c, nil
}

// choose returns the mailboxes of the ids, or all where none is named.
func choose(boxes []*Mailbox, ids []string) ([]*Mailbox, error) {
	if len(boxes) == 0 {
		return nil, errors.New("mailboxes: none is in the config; the mails of this service have to come to one")
	}
	if len(ids) == 0 {
		return boxes, nil
	}
	var chosen []*Mailbox
	for _, id := range ids {
		i := slices.IndexFunc(boxes, func(b *Mailbox) bool { return b.ID() == id })
		if i < 0 {
			return nil, fmt.Errorf("mailboxes: there is no %s", core.Clean(id))
		}
		chosen = append(chosen, boxes[i])
	}
	return chosen, nil
}

// accountOf returns the account of the config that a mail is for: as it is addressed, or as it says in its text.
func (s *service) accountOf(l *letter.Letter) (core.Account, bool) {
	for _, from := range []*letter.Letter{l, l.Inner} {
		for _, a := range s.accounts {
			if from != nil && slices.ContainsFunc(from.To, func(to string) bool { return strings.EqualFold(to, a.Login) }) {
				return a, true
			}
		}
	}
	for _, from := range []*letter.Letter{l, l.Inner} {
		for _, a := range s.accounts {
			if from != nil && strings.Contains(a.Login, "@") && says(from.Lines, strings.ToLower(a.Login)) {
				return a, true
			}
		}
	}
	return core.Account{}, false
}

// says tells whether an address stands in a text by itself.
func says(lines []string, address string) bool {
	inAddress := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("._%+-@", c) >= 0
	}
	for _, line := range lines {
		line = strings.ToLower(line)
		i := strings.Index(line, address)
		if i < 0 {
			continue
		}
		end := i + len(address)
		for end < len(line) && line[end] == '.' {
			end++ // of a sentence
		}
		if (i == 0 || !inAddress(line[i-1])) && (end == len(line) || !inAddress(line[end])) {
			return true
		}
	}
	return false
}

// tell wakes up who waits for news.
func (s *service) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// nudges says that a notice came.
func (s *service) nudges(ctx context.Context, nudge func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
			nudge()
		}
	}
}

// Guide returns the steps for what is done by hand.
func (s *service) Guide(a core.Ability, d *core.Device) (core.Guide, bool) {
	return s.recipe.Guide(s.title, a, d)
}

// SignIns tells the sign-ins among the notices, by the same cursors. One that nobody vouches for is none.
func (s *service) SignIns(ctx context.Context, after string) ([]core.SignIn, string, error) {
	notices, next, err := s.Notices(ctx, after)
	if err != nil {
		return nil, "", err
	}
	var signIns []core.SignIn
	for _, n := range notices {
		if n.Kind != core.NoticeSignIn || !n.Verified {
			continue
		}
		signIns = append(signIns, core.SignIn{
			Key: n.Key, Service: s.id, Account: n.Account, Device: s.refOf(n), Name: n.Name, Address: n.Address, Place: n.Place, At: n.At,
		})
	}
	return signIns, next, nil
}

// OneTime tells the codes and links that are good now.
func (s *service) OneTime(ctx context.Context) ([]core.Notice, error) {
	notices, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	good := slices.DeleteFunc(notices, func(n core.Notice) bool {
		return !n.Verified || n.Forwarded || n.Code.Empty() && n.Link.Empty()
	})
	slices.Reverse(good)
	return good, nil
}
