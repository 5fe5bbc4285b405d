package notice

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/adapters/strictyaml"
	"latchstring/adapters/strictyaml/faulttest"
	"latchstring/core"
)

func TestShippedRecipesAreSound(t *testing.T) {
	if diff := cmp.Diff([]string{"amazon", "apple", "disney", "generic", "google", "microsoft", "netflix", "spotify"}, Shipped()); diff != "" {
		t.Error(diff)
	}
	for name, r := range recipesOf(t) {
		for _, a := range []core.Ability{core.CanSignOut, core.CanSignOutAll, core.CanReset} {
			g, byHand := r.Guide(r.Title, a, &core.Device{Name: "Kitchen TV"})
			_, why := r.Reasons(r.Title)[a]
			if !byHand && !why && name != "generic" {
				t.Errorf("%s tells neither how nor why not: %s", name, a)
			}
			for _, s := range g.Steps {
				if !s.Complete() || strings.Contains(s.String(), "{") {
					t.Errorf("%s: %s", name, s)
				}
			}
		}
	}
}

// A service without a second step is not asked about.
func TestSecondStepsOfShippedRecipes(t *testing.T) {
	var with []string
	for name, r := range recipesOf(t) {
		g, ok := r.Guide(r.Title, core.TwoStep, nil)
		if !ok {
			continue
		}
		with = append(with, name)
		if g.Link == "" || g.Open == "" || len(g.Steps) == 0 {
			t.Errorf("%s: %+v", name, g)
		}
	}
	slices.Sort(with)
	if diff := cmp.Diff([]string{"amazon", "apple", "google", "microsoft", "netflix"}, with); diff != "" {
		t.Error(diff)
	}
}

func TestNetflixSaysHow(t *testing.T) {
	g, ok := recipesOf(t)["netflix"].Guide("Netflix", core.CanSignOut, &core.Device{Name: "Kitchen TV"})
	if !ok || g.Within != 8*time.Hour || g.Link != "https://www.netflix.com/ManageAccountAccess" || !strings.Contains(g.Steps[1].String(), "Kitchen TV") {
		t.Errorf("got %v %+v", ok, g)
	}
	if g, _ := recipesOf(t)["netflix"].Guide("Netflix", core.CanSignOut, nil); !strings.Contains(g.Steps[1].String(), "the device") {
		t.Errorf("of no device: %v", g.Steps)
	}
}

func TestFaults(t *testing.T) {
	faulttest.Run(t, func(_ string, text []byte) error { return strictyaml.DecodeRecipe("r.yaml", text, &Recipe{}) })
}

// The documented example names every key that there is, and its own file is a recipe that can be copied.
func TestExampleShowsEveryKey(t *testing.T) {
	text, err := shipped.ReadFile("recipes/netflix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []reflect.Type{reflect.TypeFor[Recipe](), reflect.TypeFor[rule](), reflect.TypeFor[guide]()} {
		for f := range part.Fields() {
			if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && !strings.Contains(string(text), key+":") {
				t.Errorf("netflix.yaml does not show %q", key)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "ours.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load("ours.yaml", filepath.Dir(path)); err != nil {
		t.Error(err)
	}
	if _, err := Load("nteflix", ""); err == nil || !strings.Contains(err.Error(), `did you mean "netflix"?`) {
		t.Errorf("got %v", err)
	}
}

func TestFamilies(t *testing.T) {
	text, err := shipped.ReadFile("families.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Families []Family `yaml:"families,required"`
	}
	if err := strictyaml.Decode("families.yaml", text, &file).Err(); err != nil {
		t.Fatal(err)
	}
	for device, want := range map[string]string{
		"Samsung - Smart TV": "samsung-tv", "iPhone Safari - Mobile Browser": "phone", "PS5": "playstation", "Sony Android TV": "sony-tv",
		"Sony Blu-ray": "blu-ray", "PC Chrome - Web Browser": "browser", "Fire TV Stick": "fire-tv", "LG": "lg-tv", "Toaster": "", "flagship": "",
	} {
		if got, _ := FamilyOf(device); got != want {
			t.Errorf("%s is of %q, want %q", device, got, want)
		}
	}
	for _, f := range Families() {
		g, ok := Steps(f.ID, "Netflix")
		if !ok || len(g.Steps) == 0 || !strings.Contains(g.Steps[0].String(), "Netflix") {
			t.Errorf("%s: %v", f.ID, g.Steps)
		}
	}
	if _, ok := Steps("toaster", "Netflix"); ok {
		t.Error("a toaster has steps")
	}
}

// A key is the same for the same mail, and another one for another mail, for other facts, and for a forgery of it.
func TestKeys(t *testing.T) {
	find := func(edit func(string) string) string {
		n, ok := recipesOf(t)["netflix"].Find(letter.Read([]byte(edit(string(mailOf(t, "netflix-new-device-en"))))), arrived, trust)
		if !ok {
			t.Fatal("no notice")
		}
		return n.Key
	}
	same := func(s string) string { return s }
	replace := func(from, to string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, from) {
				t.Fatalf("no %q", from)
			}
			return strings.ReplaceAll(s, from, to)
		}
	}
	keys := []string{
		find(same), find(replace("<netflix-new-device-en@", "<another@")), find(replace("West Greece", "East Greece")),
		find(replace("iPhone", "iPad")), find(replace("dmarc=pass", "dmarc=fail")),
	}
	if slices.Sort(keys); len(slices.Compact(keys)) != 5 {
		t.Errorf("some keys are the same: %q", keys)
	}
	if find(same) != find(replace("Received: from", "Received: again from")) {
		t.Error("the key depends on the way that the mail took")
	}
}

// A mail is of the time at which it says that it was sent, unless it says that it comes from the future.
func TestTimes(t *testing.T) {
	r := recipesOf(t)["netflix"]
	text := mailOf(t, "netflix-new-device-en")
	for _, c := range []struct{ arrived, want time.Time }{
		{arrived, arrived.Add(-time.Minute)},
		{arrived.Add(-time.Hour), arrived.Add(-time.Hour)},
		{time.Time{}, arrived.Add(-time.Minute)},
	} {
		if n, _ := r.Find(letter.Read(text), c.arrived, trust); !n.At.Equal(c.want) {
			t.Errorf("arrived %s: at %s, want %s", c.arrived, n.At, c.want)
		}
	}
}

// Whatever a mail says, nothing secret comes out of one that nobody vouches for or that was sent on, and names are clean.
func FuzzFind(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	recipes := recipesOf(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		l := letter.Read(text)
		for _, r := range recipes {
			n, ok := r.Find(l, arrived, trust)
			if !ok {
				continue
			}
			if (!n.Verified || n.Forwarded) && (!n.Code.Empty() || !n.Link.Empty()) {
				t.Error("a secret of a mail that is not believed")
			}
			if (n.Code.Empty() && n.Link.Empty()) != n.Until.IsZero() {
				t.Errorf("until %s", n.Until)
			}
			if n.Key == "" || n.Kind == "" || n.At.After(arrived) || core.Clean(n.Name) != n.Name || core.Clean(n.Place) != n.Place || core.Clean(n.Profile) != n.Profile {
				t.Errorf("got %+v", n)
			}
		}
	})
}
