package watch_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// recorded is a book of sign-ins that are on record already.
type recorded struct {
	watch.Book
	seen []core.Seen
}

func (r *recorded) Seen(context.Context, time.Time, time.Time, int) ([]core.Seen, error) {
	return r.seen, nil
}

// aYearOf returns so many sign-ins of one lively year: every tenth was asked about, and most of those were answered.
func aYearOf(n int) []core.Seen {
	seen := make([]core.Seen, n)
	for i := range seen {
		s := signIn(start.Add(time.Duration(i) * 365 * 24 * time.Hour / time.Duration(n)))
		s.Key = fmt.Sprint("sign-in ", i)
		s.Account.Login, s.Device.ID = fmt.Sprint("account", i%8), core.DeviceID(fmt.Sprint("device", i%60))
		s.Name, s.Agent = fmt.Sprint("Device ", i%60), chromeMac
		s.Address = netip.AddrFrom4([4]byte{198, byte(i % 250), byte(i % 3), 9})
		s.Where.Lat, s.Where.City = 30+float64(i%30), fmt.Sprint("City ", i%30)
		s.Via.Carrier = fmt.Sprint("Carrier ", i%12)
		seen[i] = core.Seen{SignIn: s, Assessment: core.Assessment{Level: core.Quiet}}
		if i%10 == 0 {
			seen[i].Assessment.Level = core.Alert
			if i%30 != 0 {
				seen[i].Answer, seen[i].Answered = core.Ours, s.At.Add(time.Hour)
			}
		}
	}
	return seen
}

// BenchmarkRecall is what a start spends on the sign-ins on record before the first new one can be assessed: those of a
// usual year, and as many as are kept at the most. Reading them from the disk is storage's. The floor goes once through
// them and reads the agent of each.
func BenchmarkRecall(b *testing.B) {
	for _, n := range []int{1100, 10_000} {
		book := &recorded{seen: aYearOf(n)}
		now := book.seen[n-1].SignIn.At.Add(time.Hour)
		b.Run(fmt.Sprint("floor/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range book.seen {
					watch.ReadAgent(book.seen[i].SignIn.Agent)
				}
			}
		})
		b.Run(fmt.Sprint("recall/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := &watch.Watcher{
					House: &core.Household{Zone: time.UTC}, Book: book, Tuning: watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor},
					Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
				}
				if _, err := w.Learned(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Cases are none: what was answered is read beside the sign-ins.
func (r *recorded) Cases(context.Context, core.CaseQuery) ([]core.Case, error) { return nil, nil }
