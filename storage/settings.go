package storage

import (
	"context"
	"fmt"

	"latchstring/core"
)

// settingRow is one choice of a member in the table settings.
type settingRow struct {
	Setting core.Setting `db:"setting"`
	Value   string       `db:"value"`
}

const selectSettings = `SELECT setting, value FROM settings WHERE member = ?`

// Settings returns what a member chose.
func (s *Store) Settings(ctx context.Context, m core.MemberID) (map[core.Setting]string, error) {
	var rows []settingRow
	if err := s.read.SelectContext(ctx, &rows, selectSettings, m); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	chosen := make(map[core.Setting]string, len(rows))
	for _, r := range rows {
		chosen[r.Setting] = r.Value
	}
	return chosen, nil
}

const setSetting = `INSERT INTO settings (member, setting, value) VALUES (?, ?, ?)
	ON CONFLICT (member, setting) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`

// SetSetting records one choice of a member.
func (s *Store) SetSetting(ctx context.Context, m core.MemberID, setting core.Setting, value string) error {
	return s.writer.write(ctx, "set setting", func(t *tx) error {
		_, err := t.exec(setSetting, m, setting, value)
		return err
	})
}
