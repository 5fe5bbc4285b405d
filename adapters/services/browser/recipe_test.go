package browser

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml/faulttest"
)

func TestShippedRecipes(t *testing.T) {
	if diff := cmp.Diff([]string{"netflix"}, Shipped()); diff != "" {
		t.Error(diff)
	}
	r, err := Load("netflix", "")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://www.netflix.com": true, "https://netflix.com": true, "http://www.netflix.com": false, "https://netflix.com.evil.example": false,
		"https://evilnetflix.com": false, "https://netflix.co": false, "file://": false,
	} {
		scheme, host, _ := strings.Cut(address, "://")
		if r.Allows(scheme, host) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
	l := r.Layouts[0]
	at := time.Date(2025, 11, 20, 21, 43, 0, 0, time.UTC)
	for _, text := range []string{"11/20/25, 9:43 PM", "11/20/25, 9:43\u202fPM", "11/20/2025, 9:43:00 PM", "November 20, 2025 at 9:43 PM", "2025-11-20T21:43:00Z"} {
		if got := l.time(text, time.UTC); !got.Equal(at) {
			t.Errorf("%s is read as %v", text, got)
		}
	}
	if got := l.time("yesterday", time.UTC); !got.IsZero() {
		t.Error(got)
	}
}

func TestFaults(t *testing.T) {
	faulttest.Run(t, func(file string, _ []byte) error {
		_, err := Load(file, "")
		return err
	})
}

// The documented example names every key that there is.
func TestExampleShowsEveryKey(t *testing.T) {
	text, err := shipped.ReadFile("recipes/netflix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []reflect.Type{
		reflect.TypeFor[Recipe](), reflect.TypeFor[stop](), reflect.TypeFor[Mark](), reflect.TypeFor[layout](), reflect.TypeFor[fact](),
	} {
		for f := range part.Fields() {
			if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && !strings.Contains(string(text), key+":") {
				t.Errorf("netflix.yaml does not show %q", key)
			}
		}
	}
}

// A recipe of the owner's begins at the folder of the config.
func TestOwnRecipe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/films.yaml", []byte("\ufeff"+trial), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Load("films.yaml", dir)
	if err != nil || r.Title != "Films" {
		t.Error(r, err)
	}
	if _, err := Load("none.yaml", dir); err == nil {
		t.Error("a recipe that is not there is loaded")
	}
}

// FuzzRow looks for rows that break the reading, and for devices that no list should have.
func FuzzRow(f *testing.F) {
	r, err := Load("netflix", "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("device-list+NFCDIE-1-AB-0", "Samsung - Smart TV\nMarta (last watched)\nMadrid, Spain\nLast watched: 11/20/25, 9:43 PM", "Samsung - Smart TV", false)
	f.Add("device-list+-0", "\u202e\x00", "", true)
	f.Fuzz(func(t *testing.T, key, text, part string, own bool) {
		for _, l := range r.Layouts {
			read, ok := l.read(Row{Key: key, Lines: strings.Split(text, "\n"), Parts: []string{part}, Seen: []bool{own, true}}, time.UTC)
			if !ok {
				continue
			}
			d := (&Browser{}).device([]row{read})
			if d.ID == "" || len(d.ID) > 64 || d.Name == "" || d.Own != own || !reflect.DeepEqual(d, d.Cleaned()) {
				t.Errorf("%+v", d)
			}
			if !slices.Contains(strings.Split(text, "\n"), read.raw) && read.raw != part {
				t.Errorf("%q is not in the row", read.raw)
			}
		}
	})
}
