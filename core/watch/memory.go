package watch

import (
	"hash/maphash"
	"net/netip"
	"slices"
	"time"

	"latchstring/core"
)

// Memory is what the watch knows of one household: its devices, networks and places, pooled over all accounts, because
// what one member does is seldom strange for another. It is made anew at each start from the recorded sign-ins: it has no
// clock and no file, and what it assesses follows from what it was told and from nothing else.
//
// Whatever strangers send, it stays within its bounds: of texts it keeps hashes and cleaned names, every shelf is limited,
// and what was not met for 400 days is forgotten. It is not safe for use by several goroutines.
type Memory struct {
	tuning  Tuning
	seed    maphash.Seed // hashes differ from start to start, so that nobody can make two texts meet
	home    []netip.Prefix
	hearsay []core.ServiceID

	turn    uint32 // counts what was told
	began   uint32 // when the first sign-in was
	before  uint32 // when the last one was
	swept   uint32 // when it was last looked for what is to be forgotten
	learned uint32 // how many sign-ins were
	hours   [24]uint32

	accounts  shelf[account]
	devices   shelf[device] // by account and each key of a device
	anywhere  shelf[uint32] // by each key of a device
	meetings  shelf[uint32] // by each key of a device and a network
	subnets   shelf[uint32]
	carriers  shelf[carrier]
	countries shelf[uint32]
	regions   shelf[uint32]
	texts     shelf[uint32]
	privates  shelf[private] // by subnet
	places    []place
	failures  []failure // the last ones, oldest first

	questions shelf[question] // the open ones
	disowned  shelf[struct{}] // devices on networks that somebody said no to

	answers, silences uint32 // how many questions ended so
}

// account is what is known of an account.
type account struct {
	first                  uint32 // when it was first seen
	events, devices, texts uint32
}

// device is a device on an account.
type device struct {
	count   uint32
	version uint16 // the highest of its browser
	place   uint16 // where it was last, as the place's number; 0: that is not known
	met     uint32 // when it was there
	label   string // as people know it; only under the surest of its keys
}

// carrier is who runs a network.
type carrier struct {
	events, subnets, places uint32
	spots                   []spot // where it was seen lately, none near another
	label                   string
}

// place is somewhere the household signs in from.
type place struct {
	stamp
	number uint16
	count  uint32
	spot   spot
	name   core.Place
}

// failure is a wrong password from where nobody of the household is.
type failure struct {
	at      uint32
	account uint64
}

// question is the sign-in that the household was asked about.
type question struct {
	key    string
	urgent bool
}

// The bounds of a memory. A lively household needs less than half of each in a year.
const (
	maxAccounts  = 64
	maxDevices   = 384
	maxMeetings  = 768
	maxSubnets   = 768
	maxCarriers  = 96
	maxCountries = 64
	maxRegions   = 128
	maxTexts     = 256
	maxPrivates  = 16
	maxPlaces    = 64
	maxSpots     = 12 // of one carrier
	maxFailures  = 64
	maxQuestions = 64
	maxDisowned  = 128
)

// memorySpan is after how long what was not met again is forgotten.
const memorySpan = 400 * 24 * time.Hour

// NewMemory makes the memory of a household of which nothing is known yet.
func NewMemory(tuning Tuning) *Memory {
	return &Memory{
		tuning:    tuning,
		seed:      maphash.MakeSeed(),
		accounts:  newShelf[account](maxAccounts),
		devices:   newShelf[device](maxDevices),
		anywhere:  newShelf[uint32](maxDevices),
		meetings:  newShelf[uint32](maxMeetings),
		subnets:   newShelf[uint32](maxSubnets),
		carriers:  newShelf[carrier](maxCarriers),
		countries: newShelf[uint32](maxCountries),
		regions:   newShelf[uint32](maxRegions),
		texts:     newShelf[uint32](maxTexts),
		privates:  newShelf[private](maxPrivates),
		questions: newShelf[question](maxQuestions),
		disowned:  newShelf[struct{}](maxDisowned),
	}
}

// SetHome tells which networks are the home's now. They may change; those of before stay as known as any other.
func (m *Memory) SetHome(prefixes []netip.Prefix) { m.home = slices.Clone(prefixes) }

// SetHearsay tells which services are known by their mails. There a device's id is made of its name, which whoever signs in has
// chosen: the device is known by the name alone. And a mail is written because the service takes the device for new, so that the
// name vouches for it only where the household is known to be.
func (m *Memory) SetHearsay(services []core.ServiceID) { m.hearsay = slices.Clone(services) }

// Size returns how many things are kept; a household of any size and age has fewer than 4,000.
func (m *Memory) Size() int {
	n := len(m.places) + len(m.failures)
	for _, c := range m.carriers.kept {
		n += len(c.value.spots)
	}
	return n + len(m.accounts.kept) + len(m.devices.kept) + len(m.anywhere.kept) + len(m.meetings.kept) + len(m.subnets.kept) +
		len(m.carriers.kept) + len(m.countries.kept) + len(m.regions.kept) + len(m.texts.kept) + len(m.privates.kept) +
		len(m.questions.kept) + len(m.disowned.kept)
}

// nearest returns which of the household's places is the nearest to a spot, as its index, and how far it is, as
// spot.apart has it; -1 if no place is known.
func (m *Memory) nearest(s spot) (index int, apart float32) {
	index = -1
	for i := range m.places {
		if d := m.places[i].spot.apart(s); index < 0 || d < apart {
			index, apart = i, d
		}
	}
	return index, apart
}

// within tells whether a carrier was seen no more than so many km from a spot.
func (c carrier) within(s spot, km float64) bool {
	return slices.ContainsFunc(c.spots, func(t spot) bool { return s.within(t, km) })
}
