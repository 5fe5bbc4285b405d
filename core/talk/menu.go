package talk

import "latchstring/core"

// Entry is how a thing of a menu is called and what it is.
type Entry struct{ Name, About string }

// Word is one thing that can be said, for the menus of chats. What is said is its Name, whatever people read in its place.
type Word struct {
	Entry
	Local Entry // as the household's language has it; zero: as it is

	Takes      Entry // what may follow; zero: nothing
	TakesLocal Entry
	Asks       bool // nothing can be done without what follows: a chat that has forms asks for it
}

// The names of what follows a word.
const (
	whatFollows   = "what"
	whoFollows    = "who"
	deviceFollows = "device"
	codeFollows   = "invitation"
)

// Menu lists what members can say, in the household's language.
func (t *Talk) Menu() []Word {
	var words []Word
	for _, c := range commands() {
		takes := Entry{whatFollows, "a service, a person, a device"}
		switch c.act {
		case "", core.ReadStatus, core.ChangeSettings:
			takes = Entry{}
		case core.ReadHistory, core.InvitePeople:
			takes = Entry{whoFollows, "a person"}
		case core.ExpectDevices:
			takes = Entry{deviceFollows, "what will sign in, and until when: Airbnb TV until Sunday 12:00"}
		default:
		}
		words = append(words, t.named(Entry{c.name, c.about}, takes))
	}
	return words
}

// LinkWord is what somebody says who was invited.
func (t *Talk) LinkWord() Word {
	w := t.named(Entry{"link", "come in with an invitation"}, Entry{codeFollows, "the code of the invitation"})
	w.Asks = true
	return w
}

func (t *Talk) named(w, takes Entry) Word {
	v, local := voice{catalogue: t.Catalogue}, tongue(t.House.Language)
	say := func(e Entry) Entry {
		if e.About != "" {
			e.About = v.say(e.About).String()
		}
		return e
	}
	return Word{Entry: say(w), Local: local[w.Name], Takes: say(takes), TakesLocal: local[takes.Name]}
}
