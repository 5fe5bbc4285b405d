package discordapi

import (
	"encoding/json"
	"strconv"
)

// The limits of a form.
const (
	longestFormTitle  = 45
	longestInputLabel = 45
	longestInput      = 4000
	mostInputs        = 5
)

// Form is a form as a person sees it.
type Form struct {
	CustomID string
	Title    string
	Inputs   []Input
}

// Input is a field of a form to write in.
type Input struct {
	CustomID    string
	Label       string
	Placeholder string
	Value       string // that stands in it at first
	Long        bool   // it takes several lines
	Required    bool
	MinLength   int
	MaxLength   int

	labelled bool // it is inside a label, not in a row
}

// open shows a form to the person.
func (i *Interaction) open(data json.RawMessage) *Refusal {
	var body struct {
		CustomID   string       `json:"custom_id"`
		Title      string       `json:"title"`
		Components []*component `json:"components"`
	}
	f := Call{Body: data}.read(&body)
	const at = "data.components"
	f.length("data.custom_id", body.CustomID, 1, longestCustomID)
	f.length("data.title", body.Title, 1, longestFormTitle)
	f.count(at, len(body.Components), 1, mostInputs)
	shown := &Form{CustomID: body.CustomID, Title: body.Title}
	for n, c := range body.Components {
		shown.Inputs = append(shown.Inputs, f.input(at+"."+strconv.Itoa(n), c)...)
	}
	checkTogether(at, flatten(body.Components), f)
	if refused := i.s.judge(f); refused != nil {
		return refused
	}
	i.form = shown
	return nil
}

// input reads a row or a label of a form, which has one input inside. Rows are the older way and still taken.
func (f *form) input(path string, c *component) []Input {
	var inside *component
	label := ""
	switch {
	case c != nil && c.Kind == kindRow && len(c.Components) == 1 && c.Components[0] != nil:
		inside = c.Components[0]
		label = inside.Label
	case c != nil && c.Kind == kindLabel && c.Component != nil:
		inside, label = c.Component, c.Label
		f.length(path+".description", c.Description, 0, longestOptionText)
		if inside.Label != "" {
			f.add(path+".component.label", "COMPONENT_LABEL_NOT_ALLOWED", "the label around a text input has its label")
		}
	}
	if inside == nil || inside.Kind != kindInput {
		f.add(path, "UNION_TYPE_CHOICES", "a form is of rows or labels with one text input each")
		return nil
	}
	in := Input{
		CustomID: inside.CustomID, Label: label, Placeholder: inside.Placeholder, Value: inside.Value, Long: inside.Style == 2,
		Required: inside.Required == nil || *inside.Required, MaxLength: longestInput, labelled: c.Kind == kindLabel,
	}
	if inside.MinLength != nil {
		in.MinLength = *inside.MinLength
	}
	if inside.MaxLength != nil {
		in.MaxLength = *inside.MaxLength
	}
	f.length(path+".custom_id", in.CustomID, 1, longestCustomID)
	f.length(path+".label", in.Label, 1, longestInputLabel)
	f.length(path+".placeholder", in.Placeholder, 0, longestOptionText)
	f.length(path+".value", in.Value, 0, in.MaxLength)
	if inside.Style != 1 && inside.Style != 2 {
		f.add(path+".style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
	}
	if in.MinLength < 0 || in.MaxLength < 1 || in.MaxLength > longestInput || in.MinLength > in.MaxLength {
		f.add(path+".max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and %d.", longestInput)
	}
	return []Input{in}
}

// filled is the form as it is sent, or why a person can not send it.
func (m Form) filled(values map[string]string) (components []any, complaint string) {
	for n, in := range m.Inputs {
		value, given := values[in.CustomID]
		if !given {
			if value, given = values[in.Label]; !given {
				value = in.Value
			}
		}
		if units(value) > in.MaxLength || (in.Required || value != "") && units(value) < max(in.MinLength, 1) {
			return nil, strconv.Quote(value) + " does not fit " + in.Label
		}
		field := map[string]any{"type": kindInput, "id": 2*n + 2, "custom_id": in.CustomID, "value": value}
		if in.labelled {
			components = append(components, map[string]any{"type": kindLabel, "id": 2*n + 1, "component": field})
		} else {
			components = append(components, map[string]any{"type": kindRow, "id": 2*n + 1, "components": []any{field}})
		}
	}
	return components, ""
}
