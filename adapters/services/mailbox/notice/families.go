package notice

import (
	"slices"
	"strings"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Family is devices of a kind, with what to do on them so that a service's app there is signed out.
type Family struct {
	ID      string     `yaml:"id,required"` // as members write it: "samsung-tv"
	Title   string     `yaml:"title,required"`
	Words   []string   `yaml:"words,required"` // what the names of such devices have in them, in small letters
	Steps   []sentence `yaml:"steps,required"`
	Sources []string   `yaml:"sources,required"` // where steps were read; "none" where they were not
}

// Families returns the families of devices that are known.
func Families() []Family {
	var file struct {
		Families []Family `yaml:"families,required"`
	}
	text, _ := shipped.ReadFile("families.yaml")
	_ = strictyaml.Decode("families.yaml", text, &file) // a test sees to it that it has no faults
	return file.Families
}

// Steps returns what to do on a device of a family for a service, and ok false for a family that is not known.
func Steps(family, service string) (g core.Guide, ok bool) {
	families := Families()
	i := slices.IndexFunc(families, func(f Family) bool { return f.ID == family })
	if i < 0 {
		return core.Guide{}, false
	}
	for _, s := range families[i].Steps {
		g.Steps = append(g.Steps, s.say(service, ""))
	}
	return g, true
}

// FamilyOf returns the family that a device of a name is of, and ok false where its name tells none. A word of more letters
// counts more: an "Android TV" is no phone.
func FamilyOf(device string) (family string, ok bool) {
	longest := 0
	name := " " + strings.NewReplacer("-", " ", "_", " ", "(", " ", ")", " ", ",", " ").Replace(letter.Fold(device)) + " "
	for _, f := range Families() {
		for _, w := range f.Words {
			if len(w) > longest && strings.Contains(name, " "+strings.ReplaceAll(w, "-", " ")+" ") {
				family, longest = f.ID, len(w)
			}
		}
	}
	return family, longest > 0
}
