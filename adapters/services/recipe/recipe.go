package recipe

import (
	"embed"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// recipe is the description of a service, as its file gives it. What each key means stands in recipes/kratos.yaml.
type recipe struct {
	Title        string              `yaml:"title,required"`
	Settle       time.Duration       `yaml:"settle"`
	Variables    map[string]variable `yaml:"variables"`
	PerMemberKey bool                `yaml:"per_member_key"`
	Auth         auth                `yaml:"auth,required"`
	Secret       []path              `yaml:"secret"`
	Probe        probe               `yaml:"probe"`
	User         user                `yaml:"user"`
	List         list                `yaml:"list,required"`
	NeverTouch   []predicate         `yaml:"never_touch"`
	SignOut      change              `yaml:"sign_out"`
	SignOutAll   change              `yaml:"sign_out_all"`
	Reset        reset               `yaml:"reset"`
	Answers      []answer            `yaml:"answers"`
	ByHand       map[string]guide    `yaml:"by_hand"`
	Why          map[string]sentence `yaml:"why"`
	Hints        []sentence          `yaml:"hints"`
}

// variable is something the config may or must say under "with".
type variable struct {
	About   string `yaml:"about,required"`
	Default string `yaml:"default"` // empty: the config must say it
}

type auth struct {
	Way    string `yaml:"way,required"`
	Header string `yaml:"header"`
	Token  call   `yaml:"token"`
	Scope  string `yaml:"scope"`
}

type probe struct {
	Call    call   `yaml:"call,required"`
	Version []path `yaml:"version"`
}

type user struct {
	Call  call `yaml:"call,required"`
	Rows  path `yaml:"rows"`
	ID    path `yaml:"id,required"`
	Login path `yaml:"login"`
}

type list struct {
	Call       call   `yaml:"call,required"`
	Rows       path   `yaml:"rows"`
	Paging     paging `yaml:"paging"`
	Times      clock  `yaml:"times"`
	ID         path   `yaml:"id,required"`
	Name       path   `yaml:"name"`
	System     path   `yaml:"system"`
	App        path   `yaml:"app"`
	UserAgent  path   `yaml:"user_agent"`
	Address    path   `yaml:"address"`
	Place      []path `yaml:"place"`
	Playing    path   `yaml:"playing"`
	LastUse    path   `yaml:"last_use"`
	Since      path   `yaml:"since"`
	Generation path   `yaml:"generation"`
	User       path   `yaml:"user"`
	Login      path   `yaml:"login"`
	Own        path   `yaml:"own"`
	OwnKey     path   `yaml:"own_key"`
}

type paging struct {
	By     string `yaml:"by,required"`
	Param  string `yaml:"param"`
	First  int    `yaml:"first"`
	Sizing string `yaml:"size_param"`
	Size   int    `yaml:"size"`
	Next   path   `yaml:"next"`
	Total  path   `yaml:"total"`
}

// predicate chooses rows by one of their values, which is a text or a list of texts.
type predicate struct {
	At  path   `yaml:"at,required"`
	Is  string `yaml:"is"`
	Has string `yaml:"has"`
}

type change struct {
	Call    call          `yaml:"call,required"`
	Body    body          `yaml:"body"`
	Answers []answer      `yaml:"answers"`
	Within  time.Duration `yaml:"within"`
}

type reset struct {
	Way      core.ResetWay `yaml:"way,required"`
	Call     call          `yaml:"call,required"`
	Body     body          `yaml:"body"`
	Answers  []answer      `yaml:"answers"`
	SecretAt path          `yaml:"secret_at"`
	EnterAt  path          `yaml:"enter_at"`
	Keep     []string      `yaml:"enter_keeps"`
	UntilAt  path          `yaml:"until_at"`
	Lasts    time.Duration `yaml:"lasts"`
	SignsOut bool          `yaml:"signs_out"`
}

// answer says what a status, or a text in a body, means where it is not the usual.
type answer struct {
	Status []int    `yaml:"status"`
	At     path     `yaml:"at"`
	Is     string   `yaml:"is"`
	Has    string   `yaml:"has"`
	Means  meaning  `yaml:"means,required"`
	Say    sentence `yaml:"say"`
}

type guide struct {
	Steps  []sentence    `yaml:"steps,required"`
	Link   string        `yaml:"link"`
	Open   string        `yaml:"open"`
	Within time.Duration `yaml:"within"`
}

// keyOf is an ability as by_hand and why name it: core's word, with _ for what is no letter.
func keyOf(a core.Ability) string { return strings.NewReplacer(" ", "_", "-", "_").Replace(string(a)) }

// abilityNamed returns the ability that a key of by_hand or why means.
func abilityNamed(key string) (core.Ability, bool) {
	for _, a := range core.Abilities() {
		if keyOf(a) == key {
			return a, true
		}
	}
	return "", false
}

//go:embed recipes/*.yaml
var files embed.FS

// shelf has the recipes that are part of the program.
func shelf() strictyaml.Shelf { return strictyaml.Shelf{Files: files} }

// Shipped returns the names of the recipes that are part of the program.
func Shipped() []string { return shelf().Names() }

// load reads a recipe: one of the shipped by its name, or a file, whose path begins at dir.
func load(name, dir string) (*recipe, error) {
	r := &recipe{List: list{Times: iso}}
	return r, shelf().Decode(name, dir, r)
}
