package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the name of the program's module, which every import from inside the house begins with.
const module = "latchstring"

// room is a package of the house, or with a star every package of a folder, and the law for it.
type room struct {
	path     string
	may      []string // the packages of the house it may import
	tests    []string // the ones its tests may import besides; all tests may import the rooms that are for tests
	pure     bool     // it does no input or output of its own
	forTests bool     // only tests may import it
	job      string   // how the first sentence of its package comment goes on after "Package x "
}

// all stands for every package of the house.
const all = "*"

// rooms is who may import whom. The first row that fits a package is its law; a package without a row is a breach.
var rooms = []room{
	{path: "bot", may: []string{all}},
	{path: "bot/config", may: []string{"core", "core/watch", "adapters/strictyaml", "adapters/chats/*", "adapters/services/*", "adapters/places", "storage"}},

	{path: "core", pure: true},
	{path: "core/control", pure: true, may: []string{"core"}},
	{path: "core/watch", pure: true, may: []string{"core"}, tests: []string{"core/talk"}},
	{path: "core/talk", pure: true, may: []string{"core", "core/control", "core/watch"}},
	{path: "core/coretest", forTests: true, may: []string{"core", "core/control", "core/watch", "core/talk"}},

	{path: "adapters/chats/chattest", forTests: true, may: []string{"core", "core/talk"}},
	{path: "adapters/chats/discord/discordapi", forTests: true},
	{path: "adapters/chats/telegram/botapi", forTests: true},
	{path: "adapters/chats/*", may: []string{"core", "core/talk"}, job: "is the .*chat"},
	{path: "adapters/services/jellyfin/jellyfinapi", forTests: true},
	{path: "adapters/services/browser/netflixpage", forTests: true},
	{path: "adapters/services/browser/chromium", may: []string{"core", "adapters/services/browser"}, job: "is the page of the browser connector"},
	{path: "adapters/services/mailbox/letter", job: "reads one mail"},
	{path: "adapters/services/mailbox/notice", may: []string{"core", "adapters/strictyaml", "adapters/services/mailbox/letter"}},
	{path: "adapters/services/mailbox", may: []string{"core", "adapters/strictyaml", "adapters/services/mailbox/*"}, job: "is the .*connector"},
	{path: "adapters/services/servertest", forTests: true, may: []string{"core"}},
	{path: "adapters/services/*", may: []string{"core", "adapters/httpcall", "adapters/strictyaml"}, job: "is the .*connector"},
	{path: "adapters/httpcall", may: []string{"core"}},
	{path: "adapters/places", may: []string{"core"}},
	{path: "adapters/strictyaml/faulttest", forTests: true},
	{path: "adapters/strictyaml", may: []string{"core"}},

	{path: "storage", may: []string{"core"}, tests: []string{"core/control", "core/watch", "core/talk"}},
}

// modules is what comes from outside and the one place in the house that it is for. Tests of any room may import what is
// for tests.
var modules = map[string][]string{
	"github.com/go-telegram-bot-api/telegram-bot-api/v5": {"adapters/chats/telegram"},
	"github.com/google/go-cmp":                           {"tests"},
	"github.com/bwmarrin/discordgo":                      {"adapters/chats/discord"},
	"github.com/gorilla/websocket":                       {"adapters/chats/discord", "adapters/services/jellyfin", "tests"},
	"github.com/chromedp/chromedp":                       {"adapters/services/browser/chromium"},
	"github.com/chromedp/cdproto":                        {"adapters/services/browser/chromium"},
	"github.com/jmoiron/sqlx":                            {"storage"},
	"github.com/mattn/go-sqlite3":                        {"storage"},
	"github.com/maxmind/mmdbwriter":                      {"tests"},
	"github.com/mileusna/useragent":                      {"adapters/services/recipe"},
	"github.com/oschwald/maxminddb-golang/v2":            {"adapters/places"},
	"github.com/santhosh-tekuri/jsonschema/v6":           {"tests"},
	"github.com/tidwall/gjson":                           {"adapters/httpcall", "adapters/services/recipe"},
	"go.yaml.in/yaml/v3":                                 {"adapters/strictyaml"},
	"github.com/emersion/go-imap/v2":                     {"adapters/services/mailbox", "adapters/services/servertest"},
	"golang.org/x/net":                                   {"adapters/services/mailbox/letter"},
	"golang.org/x/term":                                  {"adapters/chats/terminal", "bot"},
	"golang.org/x/text":                                  {"adapters/services/mailbox/letter", "tests"},
}

// impure is the standard library's ways to the outside, which core and its rooms leave to the adapters.
var impure = []string{
	"database/sql", "database/sql/*", "io/ioutil", "log/syslog", "net", "net/http", "net/http/*", "net/rpc", "net/rpc/*",
	"net/smtp", "os", "os/*", "plugin", "syscall", "unsafe",
}

// topLevel is all that stands at the top of the project, besides dot-files and what .gitignore names.
var topLevel = []string{"LICENSE", "README.md", "adapters", "bot", "config.example.yaml", "core", "go.mod", "go.sum", "storage"}

// vague are names that tell nothing about what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "base", "types", "models", "misc", "shared", "lib", "interfaces"}

// longest is how many lines a file may have unless a comment in it begins "This file is long because".
const longest = 400

func TestHouseKeepsItsLaw(t *testing.T) {
	found, err := survey(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// survey reads every source of the house and returns the breaches of its law, one readable line each, in the order of
// their paths. It parses the files itself: a test that ran the go command would be answered from the test cache.
func survey(house fs.FS) ([]string, error) {
	s := surveyor{house: house, fset: token.NewFileSet(), sources: map[string][]source{}}
	if err := s.read(); err != nil {
		return nil, err
	}
	if err := s.checkTopLevel(); err != nil {
		return nil, err
	}
	for dir, files := range s.sources {
		s.checkPackage(dir, files)
		for _, f := range files {
			s.checkFile(f)
			s.checkImports(dir, f)
		}
	}
	slices.Sort(s.found)
	return s.found, nil
}

type surveyor struct {
	house   fs.FS
	fset    *token.FileSet
	sources map[string][]source // by folder
	found   []string
}

type source struct {
	path  string
	lines int
	test  bool
	tree  *ast.File
}

func (s *surveyor) breach(where, format string, args ...any) {
	s.found = append(s.found, where+": "+fmt.Sprintf(format, args...))
}

func (s *surveyor) line(f source, at token.Pos) string {
	return f.path + ":" + strconv.Itoa(s.fset.Position(at).Line)
}

// read parses the Go files outside dot-folders and testdata.
func (s *surveyor) read() error {
	return fs.WalkDir(s.house, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(p) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(s.house, p)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(s.fset, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(p)
		s.sources[dir] = append(s.sources[dir], source{p, strings.Count(string(text), "\n"), strings.HasSuffix(p, "_test.go"), tree})
		return nil
	})
}

func (s *surveyor) checkTopLevel() error {
	entries, err := fs.ReadDir(s.house, ".")
	if err != nil {
		return err
	}
	ignored, err := fs.ReadFile(s.house, ".gitignore")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		left := slices.ContainsFunc(strings.Fields(string(ignored)), func(pattern string) bool {
			ok, _ := path.Match(strings.Trim(pattern, "/"), name)
			return ok
		})
		if !left && !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) {
			s.breach(name, "does not belong at the top level, where only %s stand", strings.Join(topLevel, ", "))
		}
	}
	return nil
}

// checkPackage looks at what is one for a whole package: its row, its name and its comment.
func (s *surveyor) checkPackage(dir string, files []source) {
	r, known := roomOf(dir)
	if !known {
		s.breach(dir, "no such room: a new package needs a row in bot/law_test.go")
	}
	if slices.Contains(vague, path.Base(dir)) {
		s.breach(dir, "a package is named after its job, and %q is none", path.Base(dir))
	}
	var commented []string
	name := path.Base(dir)
	for _, f := range files {
		if f.test {
			continue
		}
		if name = f.tree.Name.Name; name != path.Base(dir) && name != "main" {
			s.breach(f.path, "package %s in a folder of another name", name)
		}
		if f.tree.Doc == nil {
			continue
		}
		commented = append(commented, f.path)
		begin := "^Package " + name + " " + r.job
		if name == "main" {
			begin = "^(Command|Latchstring) "
		}
		sentence, _, _ := strings.Cut(f.tree.Doc.Text(), ".")
		if !regexp.MustCompile(begin).MatchString(sentence) {
			s.breach(s.line(f, f.tree.Doc.Pos()), "the package comment begins %q, not like %q", sentence, begin)
		}
	}
	onlyTests := !slices.ContainsFunc(files, func(f source) bool { return !f.test })
	if len(commented) != 1 && !onlyTests {
		s.breach(dir, "package %s has %d package comments, not one: %s", name, len(commented), strings.Join(commented, ", "))
	}
}

// checkFile looks at what is one for each file: its name, its length, and that nothing runs before main.
func (s *surveyor) checkFile(f source) {
	if stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test"); slices.Contains(vague, stem) {
		s.breach(f.path, "a file is named after what is in it, and %q tells nothing", stem)
	}
	excused := slices.ContainsFunc(f.tree.Comments, func(c *ast.CommentGroup) bool {
		return strings.HasPrefix(c.Text(), "This file is long because ")
	})
	if f.lines > longest && !excused {
		s.breach(f.path, "%d lines, over %d: a noun is missing, or a comment that begins \"This file is long because\"", f.lines, longest)
	}
	for _, d := range f.tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "init" && fn.Recv == nil {
			s.breach(s.line(f, fn.Pos()), "func init: say it where it is used, or in main")
		}
	}
}

func (s *surveyor) checkImports(dir string, f source) {
	r, known := roomOf(dir)
	if !known {
		return
	}
	for _, spec := range f.tree.Imports {
		what, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser took it, so it is a string
		}
		if why := r.forbids(dir, what, f.test); why != "" {
			s.breach(s.line(f, spec.Pos()), "imports %s; %s", what, why)
		}
	}
}

// forbids tells why a package of the room must not import another, or "" where it may.
func (r room) forbids(dir, what string, test bool) string {
	first, _, _ := strings.Cut(what, "/")
	switch {
	case first == module:
		return r.forbidsRoom(dir, strings.TrimPrefix(strings.TrimPrefix(what, module), "/"), test)
	case strings.Contains(first, "."):
		return forbidsModule(dir, what, test)
	case r.pure && !test && fits(impure, what):
		return dir + " does no input or output: it may import only the pure parts of the standard library"
	case what == "C":
		return "the house has no C of its own"
	}
	return ""
}

func (r room) forbidsRoom(dir, what string, test bool) string {
	to, _ := roomOf(what)
	switch {
	case to.forTests && (test || r.forTests && fits(r.may, what)):
		return ""
	case to.forTests:
		return "only tests may import " + what
	case fits(r.may, what), test && (what == dir || fits(r.tests, what)):
		return ""
	case len(r.may) == 0:
		return dir + " may import only the standard library"
	}
	return dir + " may import of the house only " + strings.Join(r.may, ", ")
}

func forbidsModule(dir, what string, test bool) string {
	for m, places := range modules {
		if what != m && !strings.HasPrefix(what, m+"/") {
			continue
		}
		r, _ := roomOf(dir)
		if fits(places, dir) || slices.Contains(places, "tests") && (test || r.forTests) {
			return ""
		}
		return "it is for " + strings.Join(places, ", ") + " only"
	}
	return "a module from outside needs a row in bot/law_test.go and a reason in go.mod"
}

// roomOf finds the law for the package in a folder.
func roomOf(dir string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return fits([]string{r.path}, dir) })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

// fits tells whether a folder is one of those named, in which a star stands for one name, or alone for all.
func fits(named []string, dir string) bool {
	return slices.ContainsFunc(named, func(n string) bool {
		ok, _ := path.Match(n, dir)
		return ok || n == all
	})
}
