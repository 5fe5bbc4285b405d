package main_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lawful is a small house without a breach.
var lawful = map[string]string{
	".gitignore":                          "*.db\n/latchstring\n",
	".ci/tool.go":                         "package anything\nfunc init() {}\n",
	"go.mod":                              "module latchstring\n",
	"latchstring":                         "a built binary\n",
	"latchstring.db":                      "what a run left\n",
	"bot/main.go":                         "// Latchstring shows a household its devices.\npackage main\nimport _ \"latchstring/storage\"\n",
	"bot/main_test.go":                    "package main_test\nimport (\n_ \"latchstring/core/coretest\"\n_ \"latchstring/adapters/services/servertest\"\n)\n",
	"core/doc.go":                         "// Package core holds the nouns.\npackage core\n",
	"core/device.go":                      "package core\nimport _ \"net/netip\"\n",
	"core/core_test.go":                   "package core_test\nimport (\n_ \"os\"\n_ \"latchstring/core\"\n_ \"github.com/google/go-cmp/cmp\"\n)\n",
	"core/coretest/house.go":              "// Package coretest is a household in memory.\npackage coretest\nimport _ \"latchstring/core/talk\"\n",
	"core/talk/talk.go":                   "// Package talk is the conversation.\npackage talk\nimport _ \"latchstring/core/control\"\n",
	"core/talk/testdata/x.go":             "not even Go\n",
	"core/control/desk.go":                "// Package control does what members ask.\npackage control\nimport _ \"latchstring/core\"\n",
	"adapters/httpcall/call.go":           "// Package httpcall makes one call.\npackage httpcall\nimport _ \"net/http\"\n",
	"adapters/chats/terminal/chat.go":     "// Package terminal is the terminal chat.\npackage terminal\nimport _ \"golang.org/x/term\"\n",
	"adapters/services/jellyfin/serve.go": "// Package jellyfin is the Jellyfin connector.\npackage jellyfin\nimport _ \"latchstring/adapters/httpcall\"\n",
	"adapters/services/servertest/run.go": "// Package servertest starts services.\npackage servertest\nimport _ \"testing\"\n",
	"storage/store.go":                    "// Package storage keeps the books.\npackage storage\nimport _ \"github.com/jmoiron/sqlx\"\n",
	"storage/store_test.go":               "package storage_test\nimport (\n_ \"latchstring/core/talk\"\n_ \"latchstring/storage\"\n)\n",
}

// TestLawFindsBreaches plants one breach at a time in a lawful house, and wants it found and nothing else.
func TestLawFindsBreaches(t *testing.T) {
	const onlyTop = "does not belong at the top level, where only LICENSE, README.md, adapters, bot, config.example.yaml, core, go.mod, go.sum, storage stand"
	for name, c := range map[string]struct {
		file, text string // what is planted, over what was there
		want       string
	}{
		"nothing planted": {},

		// Imports.
		"core does output": {
			"core/device.go", "package core\n\nimport (\n\t\"fmt\"\n\t\"os/exec\"\n)\n",
			"core/device.go:5: imports os/exec; core does no input or output: it may import only the pure parts of the standard library",
		},
		"talk calls out": {
			"core/talk/x.go", "package talk\nimport \"net/http\"\n",
			"core/talk/x.go:2: imports net/http; core/talk does no input or output: it may import only the pure parts of the standard library",
		},
		"core looks outside": {
			"core/device.go", "package core\nimport _ \"latchstring/core/talk\"\n",
			"core/device.go:2: imports latchstring/core/talk; core may import only the standard library",
		},
		"control talks": {
			"core/control/x.go", "package control\nimport _ \"latchstring/core/talk\"\n",
			"core/control/x.go:2: imports latchstring/core/talk; core/control may import of the house only core",
		},
		"storage talks": {
			"storage/x.go", "package storage\nimport _ \"latchstring/core/talk\"\n",
			"storage/x.go:2: imports latchstring/core/talk; storage may import of the house only core",
		},
		"an adapter imports its sibling": {
			"adapters/services/jellyfin/x.go", "package jellyfin\nimport _ \"latchstring/adapters/services/recipe\"\n",
			"adapters/services/jellyfin/x.go:2: imports latchstring/adapters/services/recipe; adapters/services/jellyfin may import of the house only core, adapters/httpcall, adapters/strictyaml",
		},
		"a test imports its package's sibling": {
			"adapters/services/jellyfin/x_test.go", "package jellyfin\nimport _ \"latchstring/adapters/chats/terminal\"\n",
			"adapters/services/jellyfin/x_test.go:2: imports latchstring/adapters/chats/terminal; adapters/services/jellyfin may import of the house only core, adapters/httpcall, adapters/strictyaml",
		},
		"an adapter keeps books": {
			"adapters/chats/terminal/x.go", "package terminal\nimport _ \"latchstring/storage\"\n",
			"adapters/chats/terminal/x.go:2: imports latchstring/storage; adapters/chats/terminal may import of the house only core, core/talk",
		},
		"the program imports what is for tests": {
			"bot/x.go", "package main\nimport _ \"latchstring/core/coretest\"\n",
			"bot/x.go:2: imports latchstring/core/coretest; only tests may import core/coretest",
		},
		"a module in the wrong room": {
			"core/talk/x.go", "package talk\nimport _ \"github.com/tidwall/gjson\"\n",
			"core/talk/x.go:2: imports github.com/tidwall/gjson; it is for adapters/httpcall, adapters/services/recipe only",
		},
		"a module for tests in the program": {
			"bot/x.go", "package main\nimport _ \"github.com/google/go-cmp/cmp\"\n",
			"bot/x.go:2: imports github.com/google/go-cmp/cmp; it is for tests only",
		},
		"a module nobody gave a reason for": {
			"storage/x.go", "package storage\nimport _ \"example.org/orm\"\n",
			"storage/x.go:2: imports example.org/orm; a module from outside needs a row in bot/law_test.go and a reason in go.mod",
		},
		"C": {
			"storage/x.go", "package storage\nimport \"C\"\n",
			"storage/x.go:2: imports C; the house has no C of its own",
		},

		// Packages and their comments.
		"a package without a row": {
			"adapters/mailbox/x.go", "// Package mailbox reads mail.\npackage mailbox\n",
			"adapters/mailbox: no such room: a new package needs a row in bot/law_test.go",
		},
		"no package comment": {
			"core/doc.go", "package core\n",
			"core: package core has 0 package comments, not one: ",
		},
		"two package comments": {
			"core/device.go", "// Package core is more.\npackage core\n",
			"core: package core has 2 package comments, not one: core/device.go, core/doc.go",
		},
		"a comment that begins anyhow": {
			"storage/store.go", "// Here the books are kept. Really.\npackage storage\n",
			`storage/store.go:1: the package comment begins "Here the books are kept", not like "^Package storage "`,
		},
		"a connector that does not say so": {
			"adapters/services/jellyfin/serve.go", "// Package jellyfin asks Jellyfin.\npackage jellyfin\n",
			`adapters/services/jellyfin/serve.go:1: the package comment begins "Package jellyfin asks Jellyfin", not like "^Package jellyfin is the .*connector"`,
		},
		"a program that does not say what it is": {
			"bot/main.go", "// Package main starts.\npackage main\n",
			`bot/main.go:1: the package comment begins "Package main starts", not like "^(Command|Latchstring) "`,
		},
		"a folder of another name": {
			"storage/store.go", "// Package books keeps them.\npackage books\n",
			"storage/store.go: package books in a folder of another name",
		},
		"a vague package": {
			"adapters/services/util/x.go", "// Package util is the odd connector.\npackage util\n",
			`adapters/services/util: a package is named after its job, and "util" is none`,
		},

		// Files and the top level.
		"a vague file": {
			"core/helpers_test.go", "package core_test\n",
			`core/helpers_test.go: a file is named after what is in it, and "helpers" tells nothing`,
		},
		"an init function": {
			"core/device.go", "package core\n\nfunc init() {}\n",
			"core/device.go:3: func init: say it where it is used, or in main",
		},
		"a method named init": {"core/device.go", "package core\n\ntype d int\n\nfunc (d) init() {}\n", ""},
		"a long file": {
			"core/device.go", "package core\n" + strings.Repeat("\n", 400),
			`core/device.go: 401 lines, over 400: a noun is missing, or a comment that begins "This file is long because"`,
		},
		"a long file with its reason": {
			"core/device.go", "package core\n\n// This file is long because a table is.\n" + strings.Repeat("\n", 400), "",
		},
		"a file at the top":   {"Makefile", "", "Makefile: " + onlyTop},
		"a folder at the top": {"internal/notes.txt", "", "internal: " + onlyTop},
	} {
		t.Run(name, func(t *testing.T) {
			house := maps.Clone(lawful)
			if c.file != "" {
				house[c.file] = c.text
			}
			got, err := survey(os.DirFS(build(t, house)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// build lays files out in a new folder.
func build(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
