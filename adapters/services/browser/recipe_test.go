package browser

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The shipped recipes are whole, and say that they were never tried on the real page as long as nobody did.
func TestShipped(t *testing.T) {
	for _, name := range Shipped() {
		r, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		if r.Title == "" || len(r.Layouts) == 0 || !strings.HasPrefix(r.Terms, "https://") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Each fault of a recipe is told with its line.
func TestFaults(t *testing.T) {
	shipped, err := os.ReadFile("recipes/netflix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, made, want string }{
		{"written: 2026-11-25", "written: soon", "written: should be a day"},
		{"https://www.netflix.com/M", "https://www.netflix.com.example.org/M", "page: should be an https address on one of the domains"},
		{"https://www.netflix.com/M", "http://www.netflix.com/M", "page: should be an https address on one of the domains"},
		{"{ path: /mfa, because: second step }", "{ path: /mfa, because: tired }", "no such reason"},
		{"{ path: /mfa, because: second step }", "{ because: puzzle }", "should have a path or something that is there"},
		{"name: 'h2, h3, h4'", "title: h2", "no such fact"},
		{"name: 'h2, h3, h4'", "place: h2", "should tell the name of a device"},
		{`'^device-list\+(.+)-[0-9]+$'`, `'^device-list$'`, "one part in ( )"},
		{"text: Sign Out, in: row", "text: Sign Out, in: list", "should be row or page"},
		{"- { expect: 'div[role=alert]' }", "- { text: done }", "should press or expect something"},
		{"version: 1", "vrsion: 1", "no such setting"},
	} {
		text := strings.Replace(string(shipped), test.old, test.made, 1)
		if text == string(shipped) {
			t.Fatalf("%q is not in the recipe", test.old)
		}
		path := filepath.Join(t.TempDir(), "mine.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, ""); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.made, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("recipes/netflix.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parse("x.yaml", text)
		if err != nil {
			return
		}
		if u, err := url.Parse(r.Page); err != nil || !r.within(u) {
			t.Errorf("a recipe of %q whose page is %q", r.Domains, r.Page)
		}
	})
}

// A path is known in whatever language it stands, and another that only begins so is not.
func TestHasPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/login": true, "/login/": true, "/login/help": true, "/es/login": true, "/pt-br/Login": true, "/loginless": false, "/account/login": false, "/": false, "": false,
	} {
		if got := hasPath(path, "/login"); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}
