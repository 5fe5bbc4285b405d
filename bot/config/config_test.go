package config_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zone database

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml"
	"latchstring/bot/config"
	"latchstring/core"
)

// write puts a config into a folder of its own, readable by its owner alone.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads a config and returns its faults without the file's name.
func load(t *testing.T, path string) (config.Config, []string) {
	t.Helper()
	c, err := config.Load(path)
	if err == nil {
		return c, nil
	}
	faults, ok := errors.AsType[strictyaml.Faults](err)
	if !ok {
		t.Fatalf("load: %v", err)
	}
	var lines []string
	for _, f := range faults {
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(f.String(), path+":"), " "))
	}
	return c, lines
}

// Each file of testdata is named for what is wrong with it; its last lines say what is told about that.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(data)) {
				if w, ok := strings.CutPrefix(line, "# want: "); ok {
					want = append(want, strings.TrimSpace(w))
				}
			}
			_, got := load(t, write(t, string(data)))
			if len(want) == 0 {
				t.Error("the file does not say what is wrong with it")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(strings.Join(got, "\n"), "hunter2") {
				t.Error("tells a secret")
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := write(t, `
household: { name: The Rivera home, timezone: Europe/Madrid }
members:
  - { name: Marta, role: owner, telegram: 111111111, discord: "222222222222222222" }
  - { name: Leo, role: adult, discord: 333333333333333333 }
  - { name: Sofi, role: child }
services:
  - { id: family, title: Family sign-on, kind: recipe, recipe: kratos, url: "http://127.0.0.1:4434", accounts: { leo: leo@example.org, Marta: marta@example.org } }
  - { id: ours, kind: recipe, recipe: ours.yaml, url: "https://nas.lan/ours", accounts: { Sofi: sofi } }
watch: { home: ["203.0.113.0/24"] }
`)
	kratos, err := os.ReadFile("../../adapters/services/recipe/recipes/kratos.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "ours.yaml"), kratos, 0o600); err != nil {
		t.Fatal(err)
	}
	c, faults := load(t, path)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	house := core.Household{
		Name: "The Rivera home", Zone: madrid, Language: "en",
		Members: []core.Member{
			{ID: "marta", Name: "Marta", Role: core.Owner, Contacts: []core.Contact{{Chat: core.Telegram, User: "111111111"}, {Chat: core.Discord, User: "222222222222222222"}}},
			{ID: "leo", Name: "Leo", Role: core.Adult, Contacts: []core.Contact{{Chat: core.Discord, User: "333333333333333333"}}},
			{ID: "sofi", Name: "Sofi", Role: core.Child},
		},
		Home: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")},
	}
	equal := []cmp.Option{
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	}
	if diff := cmp.Diff(house, c.House(), equal...); diff != "" {
		t.Error(diff)
	}
	accounts := []core.Account{
		{Service: "family", Member: "marta", Login: "marta@example.org"},
		{Service: "family", Member: "leo", Login: "leo@example.org"},
	}
	family, mine := connector(t, c.Services[0]), connector(t, c.Services[1])
	if diff := cmp.Diff(accounts, family.Accounts); diff != "" {
		t.Error(diff)
	}
	if family.Title != "Family sign-on" || mine.Title == "" || mine.Service != "ours" {
		t.Errorf("titles %q and %q, id %q", family.Title, mine.Title, mine.Service)
	}
	if c.Watch.Every != time.Minute {
		t.Errorf("every %s", c.Watch.Every)
	}
	if want := filepath.Join(filepath.Dir(path), "latchstring.db"); c.Storage.Path != want {
		t.Errorf("path %s, want %s", c.Storage.Path, want)
	}
}

func connector(t *testing.T, s config.Service) core.Connector {
	t.Helper()
	c, err := s.Connector(time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		name, path string
		is         error
		want       string
		advice     string
	}{
		{"missing", filepath.Join(dir, "none.yaml"), fs.ErrNotExist, "no such file or directory", "copy config.example.yaml"},
		{"folder", dir, nil, "is a directory", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load(test.path)
			e, ok := errors.AsType[*config.FileError](err)
			if !ok || test.is != nil && !errors.Is(err, test.is) {
				t.Fatalf("got %v", err)
			}
			if want := "config " + test.path + ": " + test.want; e.Error() != want {
				t.Errorf("error %q, want %q", e, want)
			}
			if !strings.Contains(e.Advice(), test.advice) {
				t.Errorf("advice %q", e.Advice())
			}
		})
	}
}

func TestOpenFileWithASecret(t *testing.T) {
	const text = "household: { name: Home, timezone: UTC }\nmembers: [{ name: Marta, role: owner }]\nservices:\n" +
		"  - { id: bell, kind: recipe, recipe: gotify, url: http://nas.lan, key: hunter2 }\n"
	path := write(t, text)
	if _, faults := load(t, path); len(faults) > 0 {
		t.Fatal(faults)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, faults := load(t, path)
	want := []string{"4: services.key: is written in a file that others on this machine can read; run: chmod 600 " + path}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Error(diff)
	}
}
