package discordapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"unicode"
)

// The kinds of options, as the API numbers them.
const (
	SubCommand    = 1
	CommandGroup  = 2
	StringOption  = 3
	IntegerOption = 4
	BooleanOption = 5
	UserOption    = 6
	ChannelOption = 7
	RoleOption    = 8
	Mentionable   = 9
	NumberOption  = 10
)

// The limits of commands.
const (
	mostCommands        = 100 // in a guild, or for all of them
	mostCommandOptions  = 25
	mostChoices         = 25
	longestName         = 32
	longestExplanation  = 100
	longestChoice       = 100
	longestWholeCommand = 8000 // over all names, descriptions and values
)

// Where a command can be used, as the API numbers it.
const (
	InGuild = 0
	InBotDM = 1
)

// Command is a command as it is defined.
type Command struct {
	ID            string            `json:"id,omitempty"`
	ApplicationID string            `json:"application_id,omitempty"`
	GuildID       string            `json:"guild_id,omitempty"`
	Version       string            `json:"version,omitempty"`
	Kind          int               `json:"type,omitempty"` // 0 and 1: a slash command
	Name          string            `json:"name"`
	Names         map[string]string `json:"name_localizations"`
	Description   string            `json:"description"`
	Descriptions  map[string]string `json:"description_localizations"`
	Options       []CommandOption   `json:"options,omitempty"`
	Contexts      []int             `json:"contexts"` // nil: everywhere
	Permissions   json.RawMessage   `json:"default_member_permissions,omitempty"`
	NSFW          bool              `json:"nsfw"`
}

// CommandOption is an option of a command, or a command inside it.
type CommandOption struct {
	Kind         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	Choices      []Choice          `json:"choices,omitempty"`
	Options      []CommandOption   `json:"options,omitempty"`
	MinLength    *int              `json:"min_length,omitempty"`
	MaxLength    *int              `json:"max_length,omitempty"`
	MinValue     *float64          `json:"min_value,omitempty"`
	MaxValue     *float64          `json:"max_value,omitempty"`
}

// Choice is a value that an option offers.
type Choice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations,omitempty"`
	Value any               `json:"value"`
}

// locales are the languages that names and descriptions can be told in.
var locales = []string{
	"ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko",
	"lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
}

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// Commands returns the commands of the guild.
func (g *Guild) Commands() []Command {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return slices.Clone(g.commands)
}

// Overwritten returns how often the guild's commands were set. The platform allows 200 new commands a day.
func (g *Guild) Overwritten() int {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.set
}

// GlobalCommands returns the commands that are for all guilds and for private chats.
func (s *Server) GlobalCommands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.global)
}

func (s *Server) listGlobalCommands(call *Call) (any, *Refusal) {
	if refused := s.own(call); refused != nil {
		return nil, refused
	}
	return listed(call, s.global), nil
}

func (s *Server) listGuildCommands(call *Call) (any, *Refusal) {
	g, refused := s.commanded(call)
	if refused != nil {
		return nil, refused
	}
	return listed(call, g.commands), nil
}

// listed is how commands are told: with what they are called in other languages only if that is asked for.
func listed(call *Call, commands []Command) []Command {
	told := append([]Command{}, commands...)
	if call.Query.Get("with_localizations") == "true" {
		return told
	}
	for i := range told {
		told[i].Names, told[i].Descriptions = nil, nil
		told[i].Options = unlocalized(told[i].Options)
	}
	return told
}

func unlocalized(options []CommandOption) []CommandOption {
	told := slices.Clone(options)
	for i := range told {
		told[i].Names, told[i].Descriptions = nil, nil
		told[i].Options = unlocalized(told[i].Options)
	}
	return told
}

func (s *Server) setGlobalCommands(call *Call) (any, *Refusal) {
	if refused := s.own(call); refused != nil {
		return nil, refused
	}
	set, refused := s.readCommands(call, "", s.global)
	if refused == nil {
		s.global = set
	}
	return set, refused
}

func (s *Server) setGuildCommands(call *Call) (any, *Refusal) {
	g, refused := s.commanded(call)
	if refused != nil {
		return nil, refused
	}
	set, refused := s.readCommands(call, g.ID, g.commands)
	if refused == nil {
		g.commands = set
		g.set++
	}
	return set, refused
}

// own tells whether a call is about this application. The lock is held.
func (s *Server) own(call *Call) *Refusal {
	if call.holes["app"] != BotID {
		return s.blame(refusal(403, 20012, "You are not authorized to perform this action on this application"))
	}
	return nil
}

// commanded finds the guild whose commands a call is about.
func (s *Server) commanded(call *Call) (*Guild, *Refusal) {
	if refused := s.own(call); refused != nil {
		return nil, refused
	}
	g := s.guilds[call.holes["guild"]]
	if g == nil || g.out || g.barred {
		return nil, missingAccess
	}
	return g, nil
}

// readCommands reads the commands that are to stand in place of the old ones. One that was there keeps its id.
func (s *Server) readCommands(call *Call, guild string, old []Command) ([]Command, *Refusal) {
	set := []Command{}
	f := call.read(&set)
	f.count("", len(set), 0, mostCommands)
	seen := map[string]bool{}
	for i := range set {
		c := &set[i]
		path := strconv.Itoa(i)
		c.check(path, f)
		if seen[c.Name] {
			f.add(path+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[c.Name] = true
		c.ApplicationID, c.GuildID, c.Kind, c.ID = BotID, guild, 1, ""
		if at := slices.IndexFunc(old, func(o Command) bool { return o.Name == c.Name }); at >= 0 {
			c.ID = old[at].ID
		} else {
			c.ID = s.newID()
		}
		c.Version = s.newID()
	}
	if refused := s.judge(f); refused != nil {
		return nil, refused
	}
	s.stir()
	return set, nil
}

// check finds what is wrong with a command.
func (c *Command) check(path string, f *form) {
	if c.Kind > 1 {
		f.add(path+".type", "BASE_TYPE_CHOICES", "commands of kind %d are nothing this server knows", c.Kind)
	}
	o := CommandOption{Name: c.Name, Names: c.Names, Description: c.Description, Descriptions: c.Descriptions, Options: c.Options}
	f.named(path, o)
	f.options(path+".options", c.Options, 0)
	if o.size() > longestWholeCommand {
		f.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", longestWholeCommand)
	}
	for _, context := range c.Contexts {
		if context < InGuild || context > 2 {
			f.add(path+".contexts", "BASE_TYPE_CHOICES", "Value must be one of (0, 1, 2).")
		}
	}
	if c.Contexts != nil && len(c.Contexts) == 0 {
		f.add(path+".contexts", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3 in length.")
	}
}

// named checks names and descriptions in all languages.
func (f *form) named(path string, o CommandOption) {
	names := map[string]string{path + ".name": o.Name}
	texts := map[string]string{path + ".description": o.Description}
	for locale, name := range o.Names {
		names[path+".name_localizations."+locale] = name
		f.locale(path+".name_localizations", locale)
	}
	for locale, text := range o.Descriptions {
		texts[path+".description_localizations."+locale] = text
		f.locale(path+".description_localizations", locale)
	}
	for at, name := range names {
		f.length(at, name, 1, longestName)
		if lower := slices.ContainsFunc([]rune(name), unicode.IsUpper); !commandName.MatchString(name) || lower {
			f.add(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
	}
	for at, text := range texts {
		f.length(at, text, 1, longestExplanation)
	}
}

func (f *form) locale(path, locale string) {
	if !slices.Contains(locales, locale) {
		f.add(path+"."+locale, "BASE_TYPE_CHOICES", "no such language")
	}
}

// options checks options that stand beside each other, at a depth: 0 in a command, 1 and 2 in commands inside it.
func (f *form) options(path string, options []CommandOption, depth int) {
	f.count(path, len(options), 0, mostCommandOptions)
	seen := map[string]bool{}
	optional, nested := false, 0
	for i, o := range options {
		at := path + "." + strconv.Itoa(i)
		f.named(at, o)
		if seen[o.Name] {
			f.add(at+".name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "Option name is already used")
		}
		seen[o.Name] = true
		switch o.Kind {
		case SubCommand, CommandGroup:
			nested++
			if depth > 1 || o.Kind == CommandGroup && depth > 0 {
				f.add(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is nested too deep")
				continue
			}
			f.options(at+".options", o.Options, depth+1)
		case StringOption, IntegerOption, BooleanOption, UserOption, ChannelOption, RoleOption, Mentionable, NumberOption:
			if o.Required && optional {
				f.add(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
			}
			optional = optional || !o.Required
			f.value(at, o)
		default:
			f.add(at+".type", "BASE_TYPE_CHOICES", "options of kind %d are nothing this server knows", o.Kind)
		}
	}
	if nested > 0 && nested < len(options) {
		f.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

// value checks an option that takes a value.
func (f *form) value(path string, o CommandOption) {
	offers := o.Kind == StringOption || o.Kind == IntegerOption || o.Kind == NumberOption
	switch {
	case len(o.Options) > 0:
		f.add(path+".options", "APPLICATION_COMMAND_OPTIONS_INVALID", "only commands have options")
	case !offers && (o.Autocomplete || len(o.Choices) > 0):
		f.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Option type does not take choices")
	case o.Autocomplete && len(o.Choices) > 0:
		f.add(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "autocomplete may not be set with choices")
	}
	f.choices(path+".choices", o.Choices, o.Kind)
}

// choices checks the values that an option offers.
func (f *form) choices(path string, choices []Choice, kind int) {
	f.count(path, len(choices), 0, mostChoices)
	for i, c := range choices {
		at := path + "." + strconv.Itoa(i)
		f.length(at+".name", c.Name, 1, longestChoice)
		text, isText := c.Value.(string)
		if isText != (kind == StringOption) {
			f.add(at+".value", "BASE_TYPE_INVALID", "the value is of another kind than its option")
		}
		if isText {
			f.length(at+".value", text, 1, longestChoice)
		}
	}
}

// size is how much an option counts: its name, its description and its values, in the longest of their languages.
func (o CommandOption) size() int {
	longest := func(text string, others map[string]string) int {
		n := units(text)
		for _, other := range others {
			n = max(n, units(other))
		}
		return n
	}
	n := longest(o.Name, o.Names) + longest(o.Description, o.Descriptions)
	for _, c := range o.Choices {
		text, _ := c.Value.(string) // numbers count little
		n += longest(c.Name, c.Names) + units(text)
	}
	for _, inside := range o.Options {
		n += inside.size()
	}
	return n
}
