package botapi

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of an inline keyboard. The number of bytes is documented, the sizes are what the platform was seen to take.
const (
	longestData   = 64 // bytes
	longestCopy   = 256
	mostButtons   = 100
	mostInOneRow  = 8
	longestPrompt = 64
)

// Keyboard is an inline keyboard.
type Keyboard struct {
	Rows [][]Button `json:"inline_keyboard"`
}

func (k *Keyboard) rows() [][]Button {
	if k == nil {
		return nil
	}
	return k.Rows
}

// Button is a button of an inline keyboard. Exactly one of Data, URL and Copy is set.
type Button struct {
	Text  string    `json:"text"`
	Style string    `json:"style,omitempty"`
	Data  string    `json:"callback_data,omitempty"`
	URL   string    `json:"url,omitempty"`
	Copy  *CopyText `json:"copy_text,omitempty"`
}

// CopyText is what a button puts on the clipboard.
type CopyText struct {
	Text string `json:"text"`
}

// readMarkup reads the reply_markup of a call. It returns an inline keyboard, or nil, and whether the markup is one of the
// other kinds. What is wrong with it is a violation. The lock is held.
func (s *Server) readMarkup(p Params) (keyboard *Keyboard, asks bool, refusal *Refusal) {
	text, there := p["reply_markup"]
	if !there {
		return nil, false, nil
	}
	var markup map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &markup); err != nil {
		return nil, false, s.blame("object expected as reply markup")
	}
	if _, inline := markup["inline_keyboard"]; !inline {
		return nil, true, s.checkPrompt(markup)
	}
	var rows [][]map[string]json.RawMessage
	if err := json.Unmarshal(markup["inline_keyboard"], &rows); err != nil || rows == nil {
		return nil, false, s.blame("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
	}
	keyboard = &Keyboard{}
	count := 0
	for _, row := range rows {
		var buttons []Button
		for _, raw := range row {
			b, refusal := s.readButton(raw)
			if refusal != nil {
				return nil, false, refusal
			}
			buttons = append(buttons, b)
		}
		if count += len(row); len(row) > mostInOneRow || count > mostButtons {
			return nil, false, s.blame("REPLY_MARKUP_TOO_LONG")
		}
		if len(buttons) > 0 {
			keyboard.Rows = append(keyboard.Rows, buttons)
		}
	}
	if count == 0 {
		return nil, false, nil
	}
	return keyboard, false, nil
}

// checkPrompt checks a markup that is no inline keyboard.
func (s *Server) checkPrompt(markup map[string]json.RawMessage) *Refusal {
	known := func(key string) bool { _, there := markup[key]; return there }
	if !slices.ContainsFunc([]string{"force_reply", "keyboard", "remove_keyboard"}, known) {
		return s.blame("can't parse reply keyboard markup JSON object")
	}
	var placeholder string
	if raw, there := markup["input_field_placeholder"]; there {
		if err := json.Unmarshal(raw, &placeholder); err != nil || placeholder == "" || utf8.RuneCountInString(placeholder) > longestPrompt {
			return s.blame("input_field_placeholder must have 1-64 characters")
		}
	}
	return nil
}

// readButton reads one button of an inline keyboard.
func (s *Server) readButton(raw map[string]json.RawMessage) (Button, *Refusal) {
	const wrong = "can't parse inline keyboard button: "
	var actions []string
	for key := range raw {
		if key != "text" && key != "style" && key != "icon_custom_emoji_id" {
			actions = append(actions, key)
		}
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return Button{}, s.blame("%s%v", wrong, err)
	}
	var b Button
	if err := json.Unmarshal(text, &b); err != nil {
		return b, s.blame("%s%v", wrong, err)
	}
	switch {
	case strings.TrimSpace(b.Text) == "":
		return b, s.blame(wrong + `Field "text" must be non-empty`)
	case len(actions) == 0:
		return b, s.blame(wrong + "Text buttons are unallowed in the inline keyboard")
	case len(actions) > 1:
		slices.Sort(actions)
		return b, s.blame(wrong+"it does several things: %s", strings.Join(actions, ", "))
	case !slices.Contains([]string{"", "danger", "success", "primary"}, b.Style):
		return b, s.blame("BUTTON_STYLE_INVALID")
	}
	switch actions[0] {
	case "callback_data":
		if n := len(b.Data); n < 1 || n > longestData {
			return b, s.blame("BUTTON_DATA_INVALID")
		}
	case "copy_text":
		if n := Units(b.Copy.text()); n < 1 || n > longestCopy {
			return b, s.blame("BUTTON_COPY_TEXT_INVALID")
		}
	case "url":
		url, err := checkLink(b.URL)
		if err != nil {
			return b, s.blame("inline keyboard button URL '%s' is invalid: %v", b.URL, err)
		}
		b.URL = url
	default:
		s.violate("a button with %s is nothing this server knows", actions[0])
	}
	return b, nil
}

func (c *CopyText) text() string {
	if c == nil {
		return ""
	}
	return c.Text
}
