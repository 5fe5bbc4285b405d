package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchstring/core"
)

// actionRow is an action in the table actions.
type actionRow struct {
	ID       core.ActionID         `db:"id"`
	Version  int                   `db:"version"`
	Act      core.Act              `db:"act"`
	State    core.ActionState      `db:"state"`
	Outcome  core.Outcome          `db:"outcome"`
	Reason   core.Kind             `db:"reason"`
	Actor    core.MemberID         `db:"actor"`
	Decider  core.MemberID         `db:"decider"`
	Asked    inJSON[core.Source]   `db:"asked"`
	Decided  inJSON[core.Source]   `db:"decided"`
	Case     core.CaseID           `db:"case_id"`
	Pass     core.PassID           `db:"pass_id"`
	Service  core.ServiceID        `db:"service"`
	Account  inJSON[core.Account]  `db:"account"`
	Targets  inJSON[[]core.Target] `db:"targets"`
	Whole    bool                  `db:"whole"`
	Attempts int                   `db:"attempts"`
	Looks    int                   `db:"looks"`
	Started  stamp                 `db:"started"`
	Settled  stamp                 `db:"settled"`
	LookAt   stamp                 `db:"look_at"`
	Ended    stamp                 `db:"ended"`
}

func rowOf(a core.Action) actionRow {
	return actionRow{
		ID: a.ID, Version: a.Version, Act: a.Act, State: a.State, Outcome: a.Outcome, Reason: a.Reason,
		Actor: a.Actor, Decider: a.Decider, Asked: inJSON[core.Source]{a.Asked}, Decided: inJSON[core.Source]{a.Decided}, Case: a.Case, Pass: a.Pass,
		Service: a.Service, Account: inJSON[core.Account]{a.Account}, Targets: inJSON[[]core.Target]{a.Targets},
		Whole: a.Whole, Attempts: a.Attempts, Looks: a.Looks,
		Started: stamp(a.Started), Settled: stamp(a.Settled), LookAt: stamp(a.LookAt), Ended: stamp(a.Ended),
	}
}

func (r *actionRow) action() core.Action {
	return core.Action{
		ID: r.ID, Version: r.Version, Act: r.Act, State: r.State, Outcome: r.Outcome, Reason: r.Reason,
		Actor: r.Actor, Decider: r.Decider, Asked: r.Asked.V, Decided: r.Decided.V, Case: r.Case, Pass: r.Pass,
		Service: r.Service, Account: r.Account.V, Targets: r.Targets.V,
		Whole: r.Whole, Attempts: r.Attempts, Looks: r.Looks,
		Started: r.Started.time(), Settled: r.Settled.time(), LookAt: r.LookAt.time(), Ended: r.Ended.time(),
	}
}

// Begin records an action that is about to be carried out, and takes the offer it came from.
func (s *Store) Begin(ctx context.Context, a core.Action, take core.Taking, entries []core.Entry, deliveries []core.Delivery) error {
	return s.writer.write(ctx, "begin action", func(t *tx) error {
		if take.Offer != "" {
			if err := t.takeOffer(take.Offer, take.By, take.At, a.ID); err != nil {
				return err
			}
		}
		if take.Case != "" {
			if err := t.answerCase(take, a.ID); err != nil {
				return err
			}
		}
		if take.Pass != "" {
			if err := t.endPass(take, a.ID); err != nil {
				return err
			}
		}
		return t.keep(a, entries, deliveries)
	})
}

// Save replaces the recorded action.
func (s *Store) Save(ctx context.Context, a core.Action, entries []core.Entry, deliveries []core.Delivery) error {
	return s.writer.write(ctx, "save action", func(t *tx) error {
		if a.Version == 0 {
			return core.ErrStale
		}
		return t.keep(a, entries, deliveries)
	})
}

const (
	insertAction = `INSERT INTO actions (id, version, act, state, outcome, reason, actor, decider, asked, decided, case_id, pass_id, service,
			account, targets, whole, attempts, looks, started, settled, look_at, ended)
		VALUES (:id, 1, :act, :state, :outcome, :reason, :actor, :decider, :asked, :decided, :case_id, :pass_id, :service,
			:account, :targets, :whole, :attempts, :looks, :started, :settled, :look_at, :ended)
		ON CONFLICT (id) DO NOTHING`

	updateAction = `UPDATE actions SET version = version + 1, act = :act, state = :state, outcome = :outcome,
			reason = :reason, actor = :actor, decider = :decider, asked = :asked, decided = :decided, case_id = :case_id, pass_id = :pass_id, service = :service,
			account = :account, targets = :targets, whole = :whole, attempts = :attempts, looks = :looks,
			started = :started, settled = :settled, look_at = :look_at, ended = :ended
		WHERE id = :id AND version = :version`
)

// keep writes an action in the place of its recorded version, with its entries and deliveries.
func (t *tx) keep(a core.Action, entries []core.Entry, deliveries []core.Delivery) error {
	query := updateAction
	if a.Version == 0 {
		query = insertAction
	}
	n, err := t.put(query, rowOf(a))
	if err != nil {
		return err
	}
	if n == 0 {
		return core.ErrStale
	}
	if err := t.hold(a); err != nil {
		return err
	}
	if err := t.record(entries); err != nil {
		return err
	}
	return t.post(deliveries)
}

// heldRow is a device or an account that an executing action has hold of.
type heldRow struct {
	Service core.ServiceID `db:"service"`
	Device  core.DeviceID  `db:"device"`
	Member  core.MemberID  `db:"member"`
	Login   string         `db:"login"`
	Action  core.ActionID  `db:"action_id"`
}

const (
	deleteHeld = `DELETE FROM underway WHERE action_id = ?`

	// A row of the action itself is written once more, which counts as changed; one of another action is not.
	insertHeld = `INSERT INTO underway (service, device, member, login, action_id)
		VALUES (:service, :device, :member, :login, :action_id)
		ON CONFLICT (service, device, member, login) DO UPDATE SET action_id = excluded.action_id
		WHERE action_id = excluded.action_id`
)

// hold takes hold of what an executing action is about, and lets go when it is not executing any more. A device counts
// as the same whatever its generation: a service ends all that is signed in under its id.
func (t *tx) hold(a core.Action) error {
	if a.Version > 0 {
		if _, err := t.exec(deleteHeld, a.ID); err != nil {
			return err
		}
	}
	if a.State != core.Executing {
		return nil
	}
	var held []heldRow
	if a.Act == core.StartReset {
		held = append(held, heldRow{Service: a.Service, Member: a.Account.Member, Login: a.Account.Login, Action: a.ID})
	}
	for _, target := range a.Targets {
		held = append(held, heldRow{Service: target.Ref.Service, Device: target.Ref.ID, Action: a.ID})
	}
	for _, h := range held {
		n, err := t.put(insertHeld, h)
		if err != nil {
			return err
		}
		if n == 0 {
			return core.ErrUnderway
		}
	}
	return nil
}

const (
	actionColumns = `SELECT id, version, act, state, outcome, reason, actor, decider, asked, decided, case_id, pass_id, service, account,
		targets, whole, attempts, looks, started, settled, look_at, ended FROM actions `

	selectAction = actionColumns + `WHERE id = ?`

	selectUnended = actionColumns + `WHERE state <> 'ended' ORDER BY state = 'executing' DESC, started, id LIMIT 1000`
)

// Action returns an action, or core.ErrNone.
func (s *Store) Action(ctx context.Context, id core.ActionID) (core.Action, error) {
	var r actionRow
	err := s.read.GetContext(ctx, &r, selectAction, id)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Action{}, core.ErrNone
	}
	if err != nil {
		return core.Action{}, fmt.Errorf("action: %w", err)
	}
	return r.action(), nil
}

const selectByHand = actionColumns + `WHERE state = 'ended' AND service = ? AND act = 'sign out'
	AND outcome IN ('done by hand', 'came back') ORDER BY ended DESC LIMIT 1000`

// ByHand returns the sign-outs at a service of which somebody says that they did them by hand, the newest first, also those
// of which something came back.
func (s *Store) ByHand(ctx context.Context, service core.ServiceID) ([]core.Action, error) {
	return s.actions(ctx, "done by hand", selectByHand, service)
}

// Unended returns the actions that have not ended, those that are executing first and then the oldest first, 1,000 at the
// most.
func (s *Store) Unended(ctx context.Context) ([]core.Action, error) {
	return s.actions(ctx, "unended actions", selectUnended)
}

const selectSevered = actionColumns + `WHERE started > ? AND json_extract(account, '$.member') <> ''
	AND outcome IN ('gone', 'was gone', 'later', 'came back', 'again', 'started', 'done by hand') ORDER BY started, id LIMIT 1000`

// Severed returns the sign-outs of a member's whole account and the password resets that were begun after a time and were
// taken by their service or done by hand, the oldest first.
func (s *Store) Severed(ctx context.Context, after time.Time) ([]core.Action, error) {
	return s.actions(ctx, "severing actions", selectSevered, stamp(after))
}

func (s *Store) actions(ctx context.Context, what, query string, args ...any) ([]core.Action, error) {
	var rows []actionRow
	if err := s.read.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	actions := make([]core.Action, len(rows))
	for i := range rows {
		actions[i] = rows[i].action()
	}
	return actions, nil
}
