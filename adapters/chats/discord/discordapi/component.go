package discordapi

import (
	"net/url"
	"slices"
	"strconv"
)

// The kinds of components that the server knows.
const (
	kindRow       = 1
	kindButton    = 2
	kindSelect    = 3
	kindInput     = 4
	kindSection   = 9
	kindText      = 10
	kindSeparator = 14
	kindContainer = 17
	kindLabel     = 18
)

// The limits of components.
const (
	mostRows          = 5
	mostInRow         = 5
	mostComponents    = 40
	mostInSection     = 3
	longestLabel      = 80
	longestCustomID   = 100
	longestURL        = 512
	mostOptions       = 25
	longestOptionText = 100
	longestHolder     = 150
	longestAllText    = 4000 // over all texts of an arrangement
)

// The styles of buttons, as the API numbers them.
const (
	Primary   = 1
	Secondary = 2
	Success   = 3
	Danger    = 4
	Link      = 5
)

// Emoji is a small picture in a button or an option.
type Emoji struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// SelectOption is one of what a select offers.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Emoji       *Emoji `json:"emoji,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// component is any component. Which fields mean something is told by its kind.
type component struct {
	Kind        int            `json:"type"`
	ID          int            `json:"id,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	URL         string         `json:"url,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Content     string         `json:"content,omitempty"`
	Accent      *int           `json:"accent_color,omitempty"`
	Spoiler     bool           `json:"spoiler,omitempty"`
	Divider     *bool          `json:"divider,omitempty"`
	Spacing     int            `json:"spacing,omitempty"`
	Components  []*component   `json:"components,omitempty"`
	Accessory   *component     `json:"accessory,omitempty"`
	Component   *component     `json:"component,omitempty"` // of a label in a form
	Value       string         `json:"value,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
}

// children are the components inside a component.
func (c *component) children() []*component {
	all := c.Components
	for _, one := range []*component{c.Accessory, c.Component} {
		if one != nil {
			all = append(slices.Clip(all), one)
		}
	}
	return all
}

// flatten returns components with all that is inside them, in the order in which they are seen.
func flatten(list []*component) []*component {
	var all []*component
	for _, c := range list {
		if c != nil {
			all = append(append(all, c), flatten(c.children())...)
		}
	}
	return all
}

// arrangement is what may be inside what: the kinds of a message's own components first.
type arrangement struct {
	top, container []int
}

var (
	classic  = arrangement{top: []int{kindRow}}
	arranged = arrangement{
		top:       []int{kindRow, kindSection, kindText, kindSeparator, kindContainer},
		container: []int{kindRow, kindSection, kindText, kindSeparator},
	}
)

// checkComponents finds what is wrong with the components of a message, and numbers them.
func (m *message) checkComponents(path string, f *form) {
	rules, at := classic, path+".components"
	if m.flags&flagComponents != 0 {
		rules = arranged
		if m.content != "" || len(m.embeds) > 0 {
			f.add(path, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' and 'embeds' fields cannot be used with MessageFlags.IS_COMPONENTS_V2")
		}
	} else {
		f.count(at, len(m.components), 0, mostRows)
	}
	f.each(at, m.components, rules.top, rules)
	all := flatten(m.components)
	if len(all) > mostComponents {
		f.add(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components cannot exceed %d", mostComponents)
	}
	checkTogether(at, all, f)
}

// checkTogether finds what no component shows alone: texts that are too long together, and names that are there twice.
func checkTogether(path string, all []*component, f *form) {
	text := 0
	seen := map[string]bool{}
	ids := map[int]bool{}
	for i, c := range all {
		text += units(c.Content)
		if c.CustomID != "" && seen[c.CustomID] {
			f.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
		}
		if c.ID != 0 && ids[c.ID] {
			f.add(path, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
		}
		seen[c.CustomID], ids[c.ID] = true, true
		if c.ID == 0 {
			c.ID = i + 1
		}
	}
	if text > longestAllText {
		f.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Component displayable text size exceeds maximum size of %d", longestAllText)
	}
}

// each checks components that stand beside each other, of which each must be of one of some kinds.
func (f *form) each(path string, list []*component, kinds []int, rules arrangement) {
	for i, c := range list {
		at := path + "." + strconv.Itoa(i)
		if c == nil || !slices.Contains(kinds, c.Kind) {
			f.add(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of %v.", kinds)
			continue
		}
		f.one(at, c, rules)
	}
}

// one checks a component of a message by its kind.
func (f *form) one(path string, c *component, rules arrangement) {
	inside := path + ".components"
	switch c.Kind {
	case kindRow:
		f.row(inside, c, rules)
	case kindButton:
		f.button(path, c)
	case kindSelect:
		f.choice(path, c)
	case kindSection:
		f.count(inside, len(c.Components), 1, mostInSection)
		f.each(inside, c.Components, []int{kindText}, rules)
		if c.Accessory == nil {
			f.add(path+".accessory", "BASE_TYPE_REQUIRED", "This field is required")
			return
		}
		f.each(path+".accessory", []*component{c.Accessory}, []int{kindButton}, rules)
	case kindText:
		f.length(path+".content", c.Content, 1, longestAllText)
	case kindContainer:
		f.count(inside, len(c.Components), 1, mostComponents)
		f.each(inside, c.Components, rules.container, rules)
		if c.Accent != nil && (*c.Accent < 0 || *c.Accent > 0xFFFFFF) {
			f.add(path+".accent_color", "NUMBER_TYPE_MAX", "int value should be between 0 and 16777215.")
		}
	}
}

func (f *form) row(path string, c *component, rules arrangement) {
	f.count(path, len(c.Components), 1, mostInRow)
	f.each(path, c.Components, []int{kindButton, kindSelect}, rules)
	for _, inside := range c.Components {
		if inside != nil && inside.Kind == kindSelect && len(c.Components) > 1 {
			f.add(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
		}
	}
}

func (f *form) button(path string, c *component) {
	f.length(path+".label", c.Label, 0, longestLabel)
	if c.Label == "" && c.Emoji == nil {
		f.add(path, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji")
	}
	switch {
	case c.Style == Link:
		f.link(path+".url", c.URL, longestURL)
		if c.CustomID != "" {
			f.add(path, "BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED", "A custom id and url cannot both be specified")
		}
	case c.Style < Primary || c.Style > Danger:
		f.add(path+".style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5}.")
	default:
		f.length(path+".custom_id", c.CustomID, 1, longestCustomID)
		if c.URL != "" {
			f.add(path, "BUTTON_COMPONENT_URL_NOT_ALLOWED", "A custom id and url cannot both be specified")
		}
	}
}

func (f *form) choice(path string, c *component) {
	f.length(path+".custom_id", c.CustomID, 1, longestCustomID)
	f.length(path+".placeholder", c.Placeholder, 0, longestHolder)
	f.count(path+".options", len(c.Options), 1, mostOptions)
	least, most := c.values()
	if least < 0 || most < 1 || least > most || most > len(c.Options) {
		f.add(path+".max_values", "BASE_TYPE_BAD_LENGTH", "between %d and %d of %d options can not be chosen", least, most, len(c.Options))
	}
	seen := map[string]bool{}
	chosen := 0
	for i, o := range c.Options {
		at := path + ".options." + strconv.Itoa(i)
		f.length(at+".label", o.Label, 1, longestOptionText)
		f.length(at+".value", o.Value, 1, longestOptionText)
		f.length(at+".description", o.Description, 0, longestOptionText)
		if seen[o.Value] {
			f.add(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		seen[o.Value] = true
		if o.Default {
			chosen++
		}
	}
	if chosen > most {
		f.add(path+".options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_OPTIONS", "There are more default options than can be chosen")
	}
}

// values is between how many options a person chooses.
func (c *component) values() (least, most int) {
	least, most = 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	return least, most
}

func (f *form) link(path, text string, most int) {
	u, err := url.Parse(text)
	f.length(path, text, 1, most)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		f.add(path, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
	}
}
