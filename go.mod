module latchstring

go 1.26.0

// Storage. go-sqlite3 is SQLite itself, kept current; sqlx maps its rows to structs.
require (
	github.com/jmoiron/sqlx v1.4.0
	github.com/mattn/go-sqlite3 v1.14.53
)

// Config and recipes are YAML; of the packages that keep line numbers this one is looked after by the YAML organisation.
require go.yaml.in/yaml/v3 v3.0.6

// Recipes. gjson reads the few named values of a service's answer without decoding the rest, so that tokens in it are
// never decoded; useragent makes "Chrome on Windows" of a browser's own line.
require (
	github.com/mileusna/useragent v1.3.5
	github.com/tidwall/gjson v1.20.1
)

// Mails of services. go-imap reads a mailbox and waits for what comes; net takes the words and links out of HTML that is written to
// confuse; text knows the charsets of old mails (and says in a test which letters have accents).
require (
	github.com/emersion/go-imap/v2 v2.0.0-beta.8
	golang.org/x/net v0.50.0
	golang.org/x/text v0.34.0
)

// The owner's browser, experimental and in builds with the tag browser alone. chromedp drives a Chromium by its own protocol, without
// another program beside it; cdproto is that protocol.
require (
	github.com/chromedp/cdproto v0.0.0-20250724212937-08a3db8b4327
	github.com/chromedp/chromedp v0.14.1
)

// Places. maxminddb reads the files that every vendor of such data offers, mapped instead of loaded.
require github.com/oschwald/maxminddb-golang/v2 v2.9.0

// The chats. telegram-bot-api gives Telegram's types and one call; its loops, which lose presses, are not used. discordgo
// gives Discord's types, its gateway and its calls; 0.29.0 on purpose, since master deadlocks when a resume is refused.
// websocket is what discordgo connects with, for telling its close codes apart. term gives line editing with a prompt that
// survives messages which arrive meanwhile.
require (
	github.com/bwmarrin/discordgo v0.29.0
	github.com/go-telegram-bot-api/telegram-bot-api/v5 v5.5.1
	github.com/gorilla/websocket v1.5.3
	golang.org/x/term v0.40.0
)

require (
	github.com/chromedp/sysutil v1.1.0 // indirect
	github.com/emersion/go-message v0.18.2 // indirect
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	github.com/go-json-experiment/json v0.0.0-20250725192818-e39067aee2d2 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/pool v0.2.1 // indirect
	github.com/gobwas/ws v1.4.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	go4.org/netipx v0.0.0-20231129151722-fdeea329fbba // indirect
	golang.org/x/crypto v0.48.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// Tests only: differences told readably, files of places to look into, and the platforms' own descriptions to check
// requests by.
require (
	github.com/google/go-cmp v0.7.0
	github.com/maxmind/mmdbwriter v1.2.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
)
