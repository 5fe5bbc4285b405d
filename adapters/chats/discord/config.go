package discord

import (
	"net/url"
	"regexp"
	"strings"

	"latchstring/core"
)

// DefaultAPIURL is Discord's own server.
const DefaultAPIURL = "https://discord.com"

// Config is the section chats.discord of the config.
type Config struct {
	Token   core.Secret `yaml:"token,required"` // from the application's page "Bot"
	Guild   string      `yaml:"guild,required"` // the number of the household's server, the only one where the bot answers
	Channel string      `yaml:"channel"`        // the number of the household's channel, for news that is nobody's alone; "": none
	APIURL  string      `yaml:"api_url"`        // a proxy for calls; "": Discord's
}

var (
	tokenForm  = regexp.MustCompile(`^[A-Za-z0-9_-]{17,30}\.[A-Za-z0-9_-]{6,60}\.[A-Za-z0-9_-]{16,100}$`)
	numberForm = regexp.MustCompile(`^[0-9]{15,20}$`)
)

// Problems says what is wrong with settings that can be read: a sentence for each key. It holds no secret.
func (c *Config) Problems() map[string]string {
	problems := map[string]string{}
	if !tokenForm.MatchString(c.Token.Reveal()) {
		problems["token"] = "is not a bot's token; the page \"Bot\" of the application shows it when it is made: three parts with dots between"
	}
	if !numberForm.MatchString(c.Guild) {
		problems["guild"] = "should be the number of the household's server, such as 555555555555555555; \"Copy Server ID\" gives it in developer mode"
	}
	if c.Channel != "" && !numberForm.MatchString(c.Channel) {
		problems["channel"] = "should be the number of a channel, such as 666666666666666666; it is not its name"
	}
	if c.APIURL != "" {
		u, err := url.Parse(c.APIURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			problems["api_url"] = "should be the address of a proxy for Discord's API, such as " + DefaultAPIURL
		}
	}
	return problems
}

// base is where calls go, without a slash at its end.
func (c *Config) base() string {
	if c.APIURL == "" {
		return DefaultAPIURL
	}
	return strings.TrimRight(c.APIURL, "/")
}
