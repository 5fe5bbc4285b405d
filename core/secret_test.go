package core_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"latchstring/core"
)

func TestSecretDoesNotPrintItself(t *testing.T) {
	const canary = "hunter2-canary"
	s := core.NewSecret(canary)
	type holder struct {
		Key    core.Secret
		hidden core.Secret
		list   []core.Secret
	}
	h := holder{s, s, []core.Secret{s}}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("said", slog.Any("s", s), slog.Any("h", h), slog.Any("p", &h), "s", s)
	}
	asJSON, err := json.Marshal(map[string]any{"s": s, "h": h, "p": &h})
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(asJSON), s.String(), errors.New("x: " + fmt.Sprint(s)).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
		printed = append(printed, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s), fmt.Sprintf(verb, h), fmt.Sprintf(verb, &h))
	}
	for _, p := range printed {
		if strings.Contains(p, canary) || strings.Contains(p, fmt.Sprintf("%x", canary)) {
			t.Errorf("the secret is in %q", p)
		}
	}
	if s.Reveal() != canary || s.Empty() || !(core.Secret{}).Empty() || (core.Secret{}).Reveal() != "" {
		t.Error("a secret does not keep its text")
	}
}
