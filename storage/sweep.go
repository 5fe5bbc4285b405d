package storage

import (
	"context"
	"log/slog"
	"time"
)

// sweeping removes from one table what its comment says may go.
type sweeping struct {
	table string
	after time.Duration
	query string // its parameter is the time before which rows are over
}

// day is one for sweeps: 24 hours.
const day = 24 * time.Hour

func sweepings() []sweeping {
	return []sweeping{
		{"offers", 14 * day, `DELETE FROM offers WHERE lapses <= :before OR (used <> '' AND used <= :before)`},
		{"inbox", 3 * day, `DELETE FROM inbox WHERE answered <> '' AND answered <= :before`},
		{"deliveries", 30 * day, `DELETE FROM deliveries WHERE (sent <> '' AND sent <= :before) OR (dropped <> '' AND dropped <= :before)`},
		{"actions", 400 * day, `DELETE FROM actions WHERE state = 'ended' AND ended <= :before`},
		{"invites", 30 * day, `DELETE FROM invites WHERE lapses <= :before`},
		{"sign_ins", 400 * day, `DELETE FROM sign_ins WHERE at <= :before`},
		{"failed sign_ins", 30 * day, `DELETE FROM sign_ins WHERE failed = 1 AND at <= :before`},
		{"most sign_ins", 0, `DELETE FROM sign_ins WHERE failed = 0 AND number <= (SELECT number FROM sign_ins WHERE failed = 0 ORDER BY number DESC LIMIT 1 OFFSET 50000)`},
		{"most failed sign_ins", 0, `DELETE FROM sign_ins WHERE failed = 1 AND number <= (SELECT number FROM sign_ins WHERE failed = 1 ORDER BY number DESC LIMIT 1 OFFSET 10000)`},
		{"passes", 60 * day, `DELETE FROM passes WHERE ended <> '' AND ended <= :before`},
		{"exceptions", 400 * day, `DELETE FROM exceptions WHERE made <= :before`},
		{"cases", 400 * day, `DELETE FROM cases WHERE opened <= :before`},
	}
}

// Sweep removes what every table's comment says may go. It writes nothing where there is nothing to remove.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	removed := map[string]int64{}
	err := s.writer.write(ctx, "sweep", func(t *tx) error {
		for _, w := range sweepings() {
			n, err := t.put(w.query, map[string]any{"before": stamp(now.Add(-w.after))})
			if err != nil {
				return err
			}
			removed[w.table] = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	for table, n := range removed {
		if n > 0 {
			s.log.Debug("swept", slog.String("table", table), slog.Int64("rows", n))
		}
	}
	return nil
}
