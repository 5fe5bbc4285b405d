package telegram

import (
	"net/url"
	"regexp"
	"strings"

	"latchstring/core"
)

// DefaultAPIURL is Telegram's own server.
const DefaultAPIURL = "https://api.telegram.org"

// Config is the section chats.telegram of the config.
type Config struct {
	Token  core.Secret `yaml:"token,required"` // from @BotFather
	APIURL string      `yaml:"api_url"`        // a Bot API server of one's own; "": Telegram's
	Group  string      `yaml:"group"`          // the number of the household's group, the only one where facts are shown; "": none
}

var (
	tokenForm = regexp.MustCompile(`^[0-9]{5,20}:[A-Za-z0-9_-]{30,100}$`)
	groupForm = regexp.MustCompile(`^-[0-9]{1,18}$`)
)

// Problems says what is wrong with settings that can be read: a sentence for each key. It holds no secret.
func (c *Config) Problems() map[string]string {
	problems := map[string]string{}
	if !tokenForm.MatchString(c.Token.Reveal()) {
		problems["token"] = "is not a bot's token; @BotFather shows it when the bot is made: a number, a colon and 35 characters"
	}
	if c.APIURL != "" {
		u, err := url.Parse(c.APIURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			problems["api_url"] = "should be the address of a Bot API server, such as " + DefaultAPIURL
		}
	}
	if c.Group != "" && !groupForm.MatchString(c.Group) {
		problems["group"] = "should be the number of the household's group, such as -1001234567890; it is not its name"
	}
	return problems
}

// endpoint is the address of a call as the library wants it: a format for the token and the method.
func (c *Config) endpoint() string {
	base := c.APIURL
	if base == "" {
		base = DefaultAPIURL
	}
	return strings.ReplaceAll(strings.TrimRight(base, "/"), "%", "%%") + "/bot%s/%s"
}
