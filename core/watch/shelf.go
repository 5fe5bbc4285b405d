package watch

import (
	"slices"
	"time"
)

// shelf keeps a value under each hash of a thing that came by. It holds no more than limit of them: when it is full, the
// third that was put there the longest ago goes.
type shelf[V any] struct {
	limit int
	kept  map[uint64]kept[V]
}

// kept is a value and when it was put on its shelf.
type kept[V any] struct {
	stamp
	value V
}

// stamp is when something was last met: by the sign-in's clock, which may be wrong, and in the order of what was taken,
// which never is.
type stamp struct {
	at   uint32 // Unix seconds
	turn uint32
}

// seconds gives a time as a stamp has it; what lies outside of 1970 to 2106 is at the nearer end.
func seconds(t time.Time) uint32 { return uint32(min(max(t.Unix(), 0), 1<<32-1)) }

// since returns how long before a moment the stamp was put; never less than nothing.
func (s stamp) since(at uint32) time.Duration {
	return time.Duration(max(int64(at)-int64(s.at), 0)) * time.Second
}

// since returns how long before a moment another one was; never less than nothing.
func since(before, now uint32) time.Duration { return stamp{at: before}.since(now) }

func newShelf[V any](limit int) shelf[V] {
	return shelf[V]{limit: limit, kept: make(map[uint64]kept[V])}
}

// get returns what is kept under a key, and the zero value with ok false where nothing is.
func (s *shelf[V]) get(key uint64) (k kept[V], ok bool) {
	k, ok = s.kept[key]
	return k, ok
}

// has tells whether something is kept under a key.
func (s *shelf[V]) has(key uint64) bool {
	_, ok := s.kept[key]
	return ok
}

// size returns how much is kept; limits are small.
func (s *shelf[V]) size() uint32 { return uint32(min(len(s.kept), s.limit)) } //nolint:gosec // at most the limit

// put keeps a value under a key.
func (s *shelf[V]) put(key uint64, v V, now stamp) {
	if _, ok := s.kept[key]; !ok && len(s.kept) >= s.limit {
		s.clear()
	}
	s.kept[key] = kept[V]{now, v}
}

// drop forgets what is kept under a key.
func (s *shelf[V]) drop(key uint64) { delete(s.kept, key) }

// clear makes room for a third of the shelf.
func (s *shelf[V]) clear() {
	turns := make([]uint32, 0, len(s.kept))
	for _, k := range s.kept {
		turns = append(turns, k.turn)
	}
	slices.Sort(turns)
	last := turns[len(turns)/3]
	for key, k := range s.kept {
		if k.turn <= last {
			delete(s.kept, key)
		}
	}
}

// forget drops what was put before a moment.
func (s *shelf[V]) forget(before uint32) {
	for key, k := range s.kept {
		if k.at < before {
			delete(s.kept, key)
		}
	}
}

// count puts one more on a shelf of numbers and returns how many there were before.
func count(s *shelf[uint32], key uint64, now stamp) uint32 {
	k := s.kept[key]
	s.put(key, k.value+1, now)
	return k.value
}

// uncount takes one off again, and the thing itself with the last one.
func uncount(s *shelf[uint32], key uint64) {
	k, ok := s.kept[key]
	switch {
	case !ok:
	case k.value <= 1:
		s.drop(key)
	default:
		k.value--
		s.kept[key] = k
	}
}
