// Fetches Gotify, whose clients the tests sign out. Its source is built in a copy: the module lacks the web interface.
module latchstring/servers/gotify

go 1.26

require github.com/gotify/server/v2 v2.6.1
