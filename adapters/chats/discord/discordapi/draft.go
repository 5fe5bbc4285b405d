package discordapi

import (
	"encoding/json"
	"slices"
	"strconv"
)

// The flags of messages that the server knows.
const (
	flagSuppressEmbeds = 1 << 2
	flagEphemeral      = 1 << 6
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagComponents     = 1 << 15 // Components V2
)

// The limits of a message that is no arrangement of components, in UTF-16 units but for the numbers of things.
const (
	longestContent     = 2000
	mostEmbeds         = 10
	longestTitle       = 256
	longestDescription = 4096
	mostFields         = 25
	longestFieldName   = 256
	longestFieldValue  = 1024
	longestFooter      = 2048
	longestAllEmbeds   = 6000 // over all embeds of a message
	longestNonce       = 25
)

// Embed is a framed part of a message.
type Embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Color       int          `json:"color,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
}

// EmbedField is a named value in an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// EmbedFooter is the small line under an embed.
type EmbedFooter struct {
	Text string `json:"text"`
}

// EmbedAuthor is the small line over an embed.
type EmbedAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// draft is the body of a message, or of a change to one.
type draft struct {
	Content      string          `json:"content"`
	Embeds       []Embed         `json:"embeds"`
	Components   []*component    `json:"components"`
	Flags        int             `json:"flags"`
	Mentions     *mentions       `json:"allowed_mentions"`
	Nonce        json.RawMessage `json:"nonce"`
	EnforceNonce bool            `json:"enforce_nonce"`
	Reference    *struct {
		Message string `json:"message_id"`
	} `json:"message_reference"`

	said map[string]json.RawMessage // the fields that are there, those that are null among them
}

// unserved are fields that the platform takes and the server does not know.
var unserved = []string{"tts", "poll", "sticker_ids", "attachments", "username", "avatar_url", "thread_name", "shared_client_theme"}

// readDraft reads a body, or the part of it that is in data. The lock is held.
func (s *Server) readDraft(raw json.RawMessage, path string, f *form) draft {
	var d draft
	if len(raw) == 0 {
		return d
	}
	if err := json.Unmarshal(raw, &d.said); err != nil {
		f.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return d
	}
	f.wrong = append(f.wrong, Call{Body: raw}.read(&d).wrong...)
	for _, name := range unserved {
		if !blank(d.said[name]) {
			s.violate("%s: %s is nothing this server knows", s.calls[s.doing].Name, name)
		}
	}
	return d
}

// blank tells whether a field is not there or says nothing.
func blank(raw json.RawMessage) bool {
	return slices.Contains([]string{"", "null", "[]", "false", `""`}, string(raw))
}

// has tells whether a field is there, be it null.
func (d draft) has(field string) bool { return d.said[field] != nil }

// check finds what is wrong with what a draft says, whatever it is for.
func (d draft) check(path string, f *form) {
	f.length(path+".content", d.Content, 0, longestContent)
	f.count(path+".embeds", len(d.Embeds), 0, mostEmbeds)
	total := 0
	for i, e := range d.Embeds {
		total += e.check(path+".embeds."+strconv.Itoa(i), f)
	}
	if total > longestAllEmbeds {
		f.add(path+".embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", longestAllEmbeds)
	}
	if d.Mentions != nil {
		d.Mentions.check(path+".allowed_mentions", f)
	}
}

// check finds what is wrong with an embed and returns how much it counts.
func (e Embed) check(path string, f *form) int {
	texts := []string{e.Title, e.Description}
	f.length(path+".title", e.Title, 0, longestTitle)
	f.length(path+".description", e.Description, 0, longestDescription)
	f.count(path+".fields", len(e.Fields), 0, mostFields)
	for i, field := range e.Fields {
		at := path + ".fields." + strconv.Itoa(i)
		f.length(at+".name", field.Name, 1, longestFieldName)
		f.length(at+".value", field.Value, 1, longestFieldValue)
		texts = append(texts, field.Name, field.Value)
	}
	if e.Footer != nil {
		f.length(path+".footer.text", e.Footer.Text, 1, longestFooter)
		texts = append(texts, e.Footer.Text)
	}
	if e.Author != nil {
		f.length(path+".author.name", e.Author.Name, 1, longestTitle)
		texts = append(texts, e.Author.Name)
	}
	if e.Color < 0 || e.Color > 0xFFFFFF {
		f.add(path+".color", "NUMBER_TYPE_MAX", "int value should be between 0 and 16777215.")
	}
	if e.URL != "" {
		f.link(path+".url", e.URL, 2048)
	}
	total := 0
	for _, text := range texts {
		total += units(text)
	}
	if total == 0 {
		f.add(path, "BASE_TYPE_REQUIRED", "This field is required")
	}
	return total
}

// merge puts what a draft says into a message and finds what is wrong with the whole. A message that is wrong is not to be
// used any more.
func (d draft) merge(m *message, path string, f *form) {
	d.check(path, f)
	if d.has("content") {
		m.content = d.Content
	}
	if d.has("embeds") {
		m.embeds = d.Embeds
	}
	if d.has("components") {
		m.components = d.Components
	}
	if d.has("flags") {
		flags := d.Flags
		if m.id != "" { // what is private stays so and what is not does not become it: the platform passes over that flag
			flags = d.Flags&^flagEphemeral | m.flags&(flagEphemeral|flagSilent)
		}
		if m.flags&flagComponents != 0 && flags&flagComponents == 0 {
			f.add(path+".flags", "BASE_TYPE_INVALID", "The flag for components can not be taken from a message")
		}
		m.flags = flags
	}
	const known = flagSuppressEmbeds | flagEphemeral | flagSilent | flagComponents
	if unknown := m.flags &^ known; unknown != 0 {
		f.add(path+".flags", "BASE_TYPE_INVALID", "flags %d are not for sending", unknown)
	}
	m.checkComponents(path, f)
}

// empty tells whether there is nothing to be seen of a message.
func (m *message) empty() bool {
	return m.content == "" && len(m.embeds) == 0 && (m.flags&flagComponents == 0 || len(m.components) == 0)
}
