package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// caseRow is a case in the table cases, with the version of its action.
type caseRow struct {
	ID         core.CaseID             `db:"id"`
	Version    int                     `db:"version"`
	Service    core.ServiceID          `db:"service"`
	Key        string                  `db:"key"`
	SignIn     inJSON[core.SignIn]     `db:"sign_in"`
	Before     inJSON[core.SignIn]     `db:"before"`
	Assessment inJSON[core.Assessment] `db:"assessment"`
	Also       inJSON[[]core.SignIn]   `db:"also"`
	Repeats    int                     `db:"repeats"`
	Last       stamp                   `db:"last"`
	Opened     stamp                   `db:"opened"`
	Asked      inJSON[[]core.MemberID] `db:"asked"`
	Escalate   stamp                   `db:"escalate"`
	Later      inJSON[[]core.MemberID] `db:"later"`
	Remind     stamp                   `db:"remind"`
	Silence    stamp                   `db:"silence"`
	Answer     core.Answer             `db:"answer"`
	By         core.MemberID           `db:"by"`
	Whose      core.MemberID           `db:"whose"`
	Answered   stamp                   `db:"answered"`
	Said       inJSON[core.Source]     `db:"said"`
	Reset      bool                    `db:"reset"`
	Action     core.ActionID           `db:"action"`
	Told       core.Outcome            `db:"told"`
	Stands     core.Outcome            `db:"stands"`
}

func rowOfCase(c core.Case) caseRow {
	return caseRow{
		ID: c.ID, Version: c.Version, Service: c.SignIn.Service, Key: c.SignIn.Key, SignIn: inJSON[core.SignIn]{c.SignIn},
		Before: inJSON[core.SignIn]{c.Before}, Assessment: inJSON[core.Assessment]{c.Assessment}, Also: inJSON[[]core.SignIn]{c.Also}, Repeats: c.Repeats,
		Last: stamp(c.Last), Opened: stamp(c.Opened), Asked: inJSON[[]core.MemberID]{c.Asked}, Escalate: stamp(c.Escalate),
		Later: inJSON[[]core.MemberID]{c.Later}, Remind: stamp(c.Remind), Silence: stamp(c.Silence),
		Answer: c.Answer, By: c.By, Whose: c.Whose, Answered: stamp(c.Answered), Said: inJSON[core.Source]{c.Said}, Reset: c.Reset, Action: c.Action, Told: c.Told,
	}
}

func (r *caseRow) kept() core.Case {
	return core.Case{
		ID: r.ID, Version: r.Version, SignIn: r.SignIn.V, Before: r.Before.V, Assessment: r.Assessment.V, Also: r.Also.V, Repeats: r.Repeats,
		Last: r.Last.time(), Opened: r.Opened.time(), Asked: r.Asked.V, Escalate: r.Escalate.time(),
		Later: r.Later.V, Remind: r.Remind.time(), Silence: r.Silence.time(),
		Answer: r.Answer, By: r.By, Whose: r.Whose, Answered: r.Answered.time(), Said: r.Said.V, Reset: r.Reset, Action: r.Action, Told: r.Told,
		Stands: r.Stands,
	}
}

const (
	insertCase = `INSERT INTO cases (id, version, service, key, sign_in, before, assessment, also, repeats, last, opened, asked, escalate,
			later, remind, silence, answer, by, whose, answered, said, reset, action, told)
		VALUES (:id, 1, :service, :key, :sign_in, :before, :assessment, :also, :repeats, :last, :opened, :asked, :escalate,
			:later, :remind, :silence, :answer, :by, :whose, :answered, :said, :reset, :action, :told)
		ON CONFLICT (id) DO NOTHING`

	updateCase = `UPDATE cases SET version = version + 1, also = :also, repeats = :repeats, last = :last, asked = :asked, escalate = :escalate,
			later = :later, remind = :remind, silence = :silence, answer = :answer, by = :by, whose = :whose,
			answered = :answered, said = :said, reset = :reset, action = :action, told = :told
		WHERE id = :id AND version = :version`

	// A case is answered once: by an action, or by SaveCase in the version in which it was open. Silence is
	// an answer that an action may take back.
	answerCaseOnce = `UPDATE cases SET version = version + 1, answer = 'not ours', by = :by, answered = :at, said = :said, reset = :reset, action = :action
		WHERE id = :id AND answer IN ('', 'by silence')`
)

// keepCase writes a case in the place of its recorded version.
func (t *tx) keepCase(c core.Case) error {
	query := updateCase
	if c.Version == 0 {
		query = insertCase
	}
	n, err := t.put(query, rowOfCase(c))
	if err == nil && n == 0 {
		return core.ErrStale
	}
	return err
}

// answerCase records that an action is the answer to a case, or answers core.ErrUsed where it has one.
func (t *tx) answerCase(take core.Taking, action core.ActionID) error {
	n, err := t.put(answerCaseOnce, map[string]any{"id": take.Case, "by": take.By, "at": stamp(take.At), "said": inJSON[core.Source]{take.Said}, "reset": take.Reset, "action": action})
	if err == nil && n == 0 {
		return core.ErrUsed
	}
	return err
}

// SaveCase replaces the recorded case.
func (s *Store) SaveCase(ctx context.Context, c core.Case, entries []core.Entry, deliveries []core.Delivery) error {
	return s.writer.write(ctx, "save case", func(t *tx) error {
		if c.Version == 0 {
			return core.ErrStale
		}
		if err := t.keepCase(c); err != nil {
			return err
		}
		if err := t.record(entries); err != nil {
			return err
		}
		return t.post(deliveries)
	})
}

const (
	selectCases = `SELECT c.id, c.version, c.service, c.key, c.sign_in, c.before, c.assessment, c.also, c.repeats, c.last, c.opened, c.asked,
		c.escalate, c.later, c.remind, c.silence, c.answer, c.by, c.whose, c.answered, c.said, c.reset, c.action, c.told,
		coalesce(a.outcome, '') AS stands
	FROM cases c LEFT JOIN actions a ON a.id = c.action`

	mostCases = 1000
)

// Cases returns the cases that a query chooses, the newest first.
func (s *Store) Cases(ctx context.Context, q core.CaseQuery) ([]core.Case, error) {
	var where []string
	var args []any
	only := func(chosen bool, condition string, values ...any) {
		if chosen {
			where, args = append(where, condition), append(args, values...)
		}
	}
	only(q.ID != "", "c.id = ?", q.ID)
	only(q.Service != "", "c.service = ? AND c.key = ?", q.Service, q.Key)
	only(q.Open, "c.answer = ''")
	only(q.Untold, "c.action <> '' AND a.outcome <> c.told")
	only(!q.Since.IsZero(), "c.opened >= ?", stamp(q.Since))
	query := selectCases
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	limit := q.Limit
	if limit <= 0 || limit > mostCases {
		limit = mostCases
	}
	var rows []caseRow
	if err := s.read.SelectContext(ctx, &rows, query+" ORDER BY c.opened DESC, c.id LIMIT ?", append(args, limit)...); err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	cases := make([]core.Case, len(rows))
	for i := range rows {
		cases[i] = rows[i].kept()
	}
	return cases, nil
}

// AskedAt returns when the question of a case first reached one of those who are asked, by itself or in a digest; zero: it has
// not.
func (s *Store) AskedAt(ctx context.Context, c core.Case) (time.Time, error) {
	var sent []struct {
		Member core.MemberID `db:"member"`
		News   core.News     `db:"news"`
		Sent   stamp         `db:"sent"`
	}
	err := s.read.SelectContext(ctx, &sent, `SELECT member, news, sent FROM deliveries
		WHERE sent <> '' AND (news = 'case' AND subject = ? OR news = 'digest' AND sent >= ?) ORDER BY sent`, c.ID, stamp(c.Opened))
	if err != nil {
		return time.Time{}, fmt.Errorf("asked: %w", err)
	}
	for _, d := range sent {
		if d.News == core.NewsCase || slices.Contains(c.Asked, d.Member) {
			return d.Sent.time(), nil
		}
	}
	return time.Time{}, nil
}
