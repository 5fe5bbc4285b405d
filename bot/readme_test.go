package main

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"latchstring/bot/config"
	"latchstring/core"
)

var rewrite = flag.Bool("readme", false, "write the generated part of the README anew")

// everyService is a config in which each kind of service and each shipped recipe serves.
const everyService = `household: { name: Home, timezone: UTC }
members: [{ name: Marta, role: owner }]
services:
  - { id: jellyfin, kind: jellyfin, url: "http://127.0.0.1:1", key: abcdef123, accounts: { Marta: marta } }
  - { id: emby, kind: emby, url: "http://127.0.0.1:1", key: abcdef123, accounts: { Marta: marta } }
  - { id: authentik, kind: recipe, recipe: authentik, url: "http://127.0.0.1:1", key: abcdef123, accounts: { Marta: marta } }
  - { id: gotify, kind: recipe, recipe: gotify, url: "http://127.0.0.1:1", key: abcdef123, accounts: { Marta: marta } }
  - { id: immich, kind: recipe, recipe: immich, url: "http://127.0.0.1:1", keys: { Marta: { key: abcdef123 } }, accounts: { Marta: marta } }
  - { id: keycloak, kind: recipe, recipe: keycloak, url: "http://127.0.0.1:1", client: latchstring, key: abcdef123, with: { realm: home }, accounts: { Marta: marta } }
  - { id: kratos, kind: recipe, recipe: kratos, url: "http://127.0.0.1:1", accounts: { Marta: marta } }
  - { id: netflix, kind: netflix, accounts: { Marta: marta@example.org } }
  - { id: disney, kind: disney, accounts: { Marta: marta@example.org } }
  - { id: spotify, kind: spotify, accounts: { Marta: marta@example.org } }
  - { id: amazon, kind: amazon, accounts: { Marta: marta@example.org } }
  - { id: google, kind: google, accounts: { Marta: marta@example.org } }
  - { id: microsoft, kind: microsoft, accounts: { Marta: marta@example.org } }
  - { id: apple, kind: apple, accounts: { Marta: marta@example.org } }
mailboxes:
  - { id: home, host: 127.0.0.1, user: house@example.org, password: secret, authserv_id: mx.example.org }
`

// TestAbilitiesTable compares the README's table with what the connectors declare, so that it can not lie. With -readme it
// is written anew.
func TestAbilitiesTable(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/config.yaml", []byte(everyService), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(folder + "/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	connectors, err := connect(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- abilities: written by go test ./bot -readme -->\n", "<!-- end of abilities -->\n"
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("the README has no place for the table")
	}
	want := before + begin + abilitiesTable(connectors) + end + after
	if *rewrite {
		if err := os.WriteFile("../README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(readme) {
		t.Errorf("the README's table is not what the connectors declare; run go test ./bot -run %s -readme\n%s", t.Name(), abilitiesTable(connectors))
	}
}

func abilitiesTable(connectors []core.Connector) string {
	var b strings.Builder
	b.WriteString("| service |")
	for _, a := range core.Abilities() {
		fmt.Fprintf(&b, " %s |", a)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(core.Abilities())) + "\n")
	for i := range connectors {
		fmt.Fprintf(&b, "| %s |", connectors[i].Title)
		for _, a := range core.Abilities() {
			fmt.Fprintf(&b, " %s |", connectors[i].Can(a))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestReadmeShowsTheProgram looks that every command of the program and every word of the house stands in the README.
func TestReadmeShowsTheProgram(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range programCommands() {
		if !strings.Contains(string(readme), "latchstring "+c.name) {
			t.Errorf("the README does not show latchstring %s", c.name)
		}
	}
	for _, must := range []string{"go run ./bot demo", "go test ./...", "bash .ci/run"} {
		if !strings.Contains(string(readme), must) {
			t.Errorf("the README does not show %s", must)
		}
	}
}
