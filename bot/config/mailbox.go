package config

import (
	"fmt"
	"slices"

	"latchstring/adapters/services/mailbox"
	"latchstring/adapters/strictyaml"
)

// checkMailboxes sees to it that each mailbox has a name of its own, and that services name only those there are.
func (c *Config) checkMailboxes(at strictyaml.At) {
	var ids []string
	lines := map[string]int{}
	for i, b := range c.Mailboxes {
		box := at.Under("mailboxes").Item(i)
		switch line, twice := lines[b.ID]; {
		case b.ID == "": // is told to be missing
		case !serviceID.MatchString(b.ID):
			box.Fault("id", "should be a short name of at most 20 small letters, digits and dashes, such as home")
		case twice:
			box.Fault("id", fmt.Sprintf("is also the id of the mailbox in line %d; give each its own", line))
		default:
			lines[b.ID] = box.Under("id").Line()
			ids = append(ids, b.ID)
		}
	}
	for i, s := range c.Services {
		var named []string
		switch m := s.Settings.(type) {
		case *mailbox.Config:
			named = m.Mailboxes
		case *mailbox.Own:
			named = m.Mailboxes
		default:
			continue
		}
		service := at.Under("services").Item(i)
		if len(c.Mailboxes) == 0 && at.Sound("mailboxes") {
			service.Fault("kind", "is known by its mails, so it needs a mailbox that they come to, under mailboxes")
		}
		for j, id := range named {
			if len(ids) > 0 && !slices.Contains(ids, id) {
				service.Under("mailboxes").Item(j).Fault("", "no such mailbox; "+strictyaml.Suggest(id, ids))
			}
		}
	}
}

// openMailboxes makes the mailboxes and gives them to the services.
func (c *Config) openMailboxes(folder string) {
	for _, b := range c.Mailboxes {
		c.boxes = append(c.boxes, mailbox.Open(b, folder))
	}
	for i := range c.Services {
		c.Services[i].boxes = c.boxes
	}
}

// Boxes returns the mailboxes, which have to be run for the services that are known by their mails. A service joins its own
// with [Service.Connector].
func (c *Config) Boxes() []*mailbox.Mailbox { return c.boxes }
