package discordapi

import (
	"net/http"
	"strings"
)

// handler carries a call out. The lock is held. Nothing and no refusal is 204.
type handler func(*Call) (any, *Refusal)

// route is a call that the server knows.
type route struct {
	method string
	path   string // with names in braces for what differs
	name   string // of the operation in the official description
	do     handler
	open   bool // it needs no bot token: the token in its path is enough
}

// routes are the calls that the server knows. Of two that fit the first one counts.
func (s *Server) routes() []route {
	const (
		get, post, patch, put, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete
		hook                       = "/webhooks/{app}/{token}"
	)
	return []route{
		{get, "/gateway", "get_gateway", s.getGateway, true},
		{get, "/gateway/bot", "get_bot_gateway", s.getBotGateway, false},
		{get, "/users/@me", "get_my_user", s.getMe, false},
		{get, "/users/@me/guilds", "list_my_guilds", s.listMyGuilds, false},
		{post, "/users/@me/channels", "create_dm", s.createDM, false},
		{get, "/applications/@me", "get_my_application", s.getApplication, false},
		{get, "/oauth2/applications/@me", "get_my_oauth2_application", s.getApplication, false},
		{get, "/guilds/{guild}", "get_guild", s.getGuild, false},
		{get, "/guilds/{guild}/roles", "list_guild_roles", s.listRoles, false},
		{get, "/guilds/{guild}/channels", "list_guild_channels", s.listChannels, false},
		{get, "/guilds/{guild}/members/{user}", "get_guild_member", s.getMember, false},
		{get, "/channels/{channel}", "get_channel", s.getChannel, false},
		{post, "/channels/{channel}/messages", "create_message", s.createMessage, false},
		{get, "/channels/{channel}/messages/{message}", "get_message", s.getMessage, false},
		{patch, "/channels/{channel}/messages/{message}", "update_message", s.updateMessage, false},
		{del, "/channels/{channel}/messages/{message}", "delete_message", s.deleteMessage, false},
		{get, "/applications/{app}/commands", "list_application_commands", s.listGlobalCommands, false},
		{put, "/applications/{app}/commands", "bulk_set_application_commands", s.setGlobalCommands, false},
		{get, "/applications/{app}/guilds/{guild}/commands", "list_guild_application_commands", s.listGuildCommands, false},
		{put, "/applications/{app}/guilds/{guild}/commands", "bulk_set_guild_application_commands", s.setGuildCommands, false},
		{post, "/interactions/{interaction}/{token}/callback", "create_interaction_response", s.callback, true},
		{post, hook, "execute_webhook", s.followUp, true},
		{get, hook + "/messages/@original", "get_original_webhook_message", s.getOriginal, true},
		{patch, hook + "/messages/@original", "update_original_webhook_message", s.updateOriginal, true},
		{del, hook + "/messages/@original", "delete_original_webhook_message", s.deleteOriginal, true},
		{get, hook + "/messages/{message}", "get_webhook_message", s.getFollowUp, true},
		{patch, hook + "/messages/{message}", "update_webhook_message", s.updateFollowUp, true},
		{del, hook + "/messages/{message}", "delete_webhook_message", s.deleteFollowUp, true},
	}
}

// find returns the route of a call and what stands for the names in its path.
func (s *Server) find(method, path string) (*route, map[string]string) {
	steps := strings.Split(path, "/")
	for _, r := range s.routes() {
		if holes, fits := r.fits(steps); fits && r.method == method {
			return &r, holes
		}
	}
	return nil, nil
}

func (r route) fits(steps []string) (map[string]string, bool) {
	pattern := strings.Split(r.path, "/")
	if len(pattern) != len(steps) {
		return nil, false
	}
	holes := map[string]string{}
	for i, p := range pattern {
		switch {
		case strings.HasPrefix(p, "{") && steps[i] != "":
			holes[strings.Trim(p, "{}")] = steps[i]
		case p != steps[i]:
			return nil, false
		}
	}
	return holes, true
}
