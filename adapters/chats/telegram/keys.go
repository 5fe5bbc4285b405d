package telegram

import (
	"net/url"
	"strings"

	"latchstring/core/talk"
)

// The bounds of a button, in bytes and in UTF-16 units (https://core.telegram.org/bots/api#inlinekeyboardbutton).
const (
	mostData = 64
	mostCopy = 256
	mostKeys = 100
)

// key is one button as Telegram takes it. Exactly one of Data, URL and Copy is set.
type key struct {
	Text  string    `json:"text"`
	Style string    `json:"style,omitempty"`
	Data  string    `json:"callback_data,omitempty"`
	URL   string    `json:"url,omitempty"`
	Copy  *copyText `json:"copy_text,omitempty"`
}

type copyText struct {
	Text string `json:"text"`
}

// sayPrefix begins what a button carries that says a command. Anybody can send such data without a button, which is as if
// they had typed the command.
const sayPrefix = "s:"

// carried is what a press means by what it carries.
func carried(data string) (handle, say string) {
	if said, ok := strings.CutPrefix(data, sayPrefix); ok && strings.TrimSpace(said) != "" {
		return "", said
	}
	return data, ""
}

// buttons makes a row of each button. A command that is too long to be carried has no button; a link that Telegram would
// refuse, and the whole message with it, is written out.
func (s *sheet) buttons(buttons []talk.Button) [][]key {
	var rows [][]key
	for _, b := range buttons {
		k := key{Text: labelOf(b.Label), Style: styleOf(b.Style)}
		switch {
		case b.Handle != "":
			k.Data = b.Handle
		case b.Say != "":
			k.Data = sayPrefix + tidy(b.Say)
		case linkable(b.Link):
			k.URL = b.Link
		case b.Link != "":
			l := s.line()
			l.ink(b.Label, "")
			l.write("", ": ")
			l.write("code", tidy(b.Link))
			continue
		}
		if len(k.Data) <= mostData && (k.Data != "" || k.URL != "") && len(rows) < mostKeys {
			rows = append(rows, []key{k})
		}
	}
	return rows
}

// labelOf is a label without anything that draws no character; one that has none left is still to be pressed.
func labelOf(t talk.Text) string {
	if label := tame(t.String()); label != "" {
		return label
	}
	return "…"
}

func styleOf(s talk.ButtonStyle) string {
	switch s {
	case talk.Danger:
		return "danger"
	case talk.Advised:
		return "primary"
	case talk.Ordinary:
	}
	return ""
}

// linkable tells whether Telegram takes a link: to the web, to a host with a dot in its name, without a password in it.
func linkable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil &&
		strings.ContainsAny(u.Hostname(), ".:") && !strings.ContainsAny(link, " \n\t")
}

// copyKeys makes a button that copies for each secret. Its label is what the card says before the secret.
func copyKeys(c *talk.Card) [][]key {
	var rows [][]key
	for _, t := range append(append([]talk.Text{c.Summary}, c.Body...), c.Steps...) {
		label := ""
		for _, s := range t {
			if s.Style != talk.Hidden {
				label += s.Text
				continue
			}
			if text := strings.ToValidUTF8(s.Secret.Reveal(), ""); text != "" && units(text) <= mostCopy {
				rows = append(rows, []key{{Text: "📋 " + copyLabel(label), Copy: &copyText{text}}})
			}
			label = ""
		}
	}
	return rows
}

// copyLabel is the last sentence of the words before a secret, without its colon.
func copyLabel(words string) string {
	words = strings.TrimRight(strings.TrimSpace(words), ":")
	if i := strings.LastIndex(words, ". "); i >= 0 {
		words = words[i+2:]
	}
	return cut(tame(words), talk.MaxLabel)
}
