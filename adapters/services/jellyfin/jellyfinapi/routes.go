package jellyfinapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// handler carries a call out. The lock is held.
type handler func(*call) answer

// level is who may make a call.
type level int

const (
	anybody level = iota
	signedIn
	administrators
)

// route is a call that the server knows.
type route struct {
	name   string // the method and the path, with names in braces for what differs
	level  level
	do     handler // nil: it is the websocket
	params []param
	hidden bool // the server takes it, but no description has it
}

// param is a parameter in the query of a call.
type param struct {
	name     string
	kind     kind
	required bool
	many     bool // it may be there more than once
}

// kind is what a parameter holds.
type kind int

const (
	aText kind = iota
	aUser
	aNumber
	aBool
	aTime
)

func optional(k kind, names ...string) []param {
	var all []param
	for _, n := range names {
		all = append(all, param{name: n, kind: k})
	}
	return all
}

func required(name string) []param { return []param{{name: name, required: true}} }

// routes are the calls that the server knows. Of two that fit the first one counts.
func (s *Server) routes() []route {
	if s.version.emby {
		return s.embyRoutes()
	}
	old, listed := !s.version.since(10, 9), optional(aUser, "userId")
	logged := slices.Concat(optional(aNumber, "startIndex", "limit"), optional(aTime, "minDate"), optional(aBool, "hasUserId"))
	gone, pairs := required("id"), slices.Concat(required("code"), optional(aUser, "userId"))
	if old {
		listed = append(listed, optional(aBool, "supportsSync")...)
		pairs = required("code")
	}
	if s.version.since(12, 0) {
		gone = []param{{name: "id", many: true}}
		logged = slices.Concat(logged, optional(aTime, "maxDate"), optional(aUser, "itemId"),
			optional(aText, "name", "overview", "shortOverview", "type", "username", "severity", "sortBy", "sortOrder"))
	}
	all := []route{
		{name: "GET /System/Info/Public", do: s.getPublicInfo},
		{name: "GET /System/Info", level: signedIn, do: s.getInfo},
		{name: "GET /System/Ping", do: s.ping},
		{name: "POST /System/Ping", do: s.ping},
		{name: "GET /Users", level: signedIn, do: s.getUsers, params: optional(aBool, "isHidden", "isDisabled")},
		{name: "GET /Users/Public", do: s.getUsers},
		{name: "GET /Users/Me", level: signedIn, do: s.getMe},
		{name: "GET /Users/{userId}", level: signedIn, do: s.getUser},
		{name: "POST /Users/{userId}/Password", level: signedIn, do: s.setPassword, hidden: !old},
		{name: "GET /Devices", level: administrators, do: s.getDevices, params: listed},
		{name: "GET /Devices/Info", level: administrators, do: s.getDevice, params: required("id")},
		{name: "DELETE /Devices", level: administrators, do: s.deleteDevices, params: gone},
		{name: "GET /Sessions", level: signedIn, do: s.getSessions, params: slices.Concat(
			optional(aUser, "controllableByUserId"), optional(aText, "deviceId"), optional(aNumber, "activeWithinSeconds"))},
		{name: "POST /Sessions/{sessionId}/Message", level: signedIn, do: s.showMessage},
		{name: "POST /Sessions/{sessionId}/Playing/{command}", level: signedIn, do: s.control, params: slices.Concat(
			optional(aNumber, "seekPositionTicks"), optional(aText, "controllingUserId"))},
		{name: "GET /System/ActivityLog/Entries", level: administrators, do: s.getLog, params: logged},
		{name: "GET /QuickConnect/Enabled", do: s.isPairing},
		{name: "POST /QuickConnect/Authorize", level: signedIn, do: s.pair, params: pairs},
		{name: "GET /socket", level: signedIn},
	}
	if !old {
		set := route{name: "POST /Users/Password", level: signedIn, do: s.setPassword, params: optional(aUser, "userId")}
		all = append([]route{set}, all...)
	}
	return append(all, s.forbidden()...)
}

// embyRoutes are the calls of Emby, whose base path /emby is taken off before.
func (s *Server) embyRoutes() []route {
	nothing := func(*call) answer { return empty(http.StatusNotFound) }
	page := optional(aNumber, "StartIndex", "Limit")
	return append([]route{
		{name: "GET /System/Info/Public", do: s.getPublicInfo},
		{name: "GET /System/Info", level: signedIn, do: s.getInfo},
		{name: "GET /System/Ping", do: s.ping},
		{name: "POST /System/Ping", do: s.ping},
		{name: "GET /Users", level: signedIn, do: s.getUsers, params: optional(aBool, "IsHidden", "IsDisabled")},
		{name: "GET /Users/Query", level: signedIn, do: s.queryUsers, params: slices.Concat(page, optional(aBool, "IsHidden", "IsDisabled"))},
		{name: "GET /Users/Public", do: s.getUsers},
		{name: "GET /Users/{userId}", level: signedIn, do: s.getUser},
		{name: "POST /Users/{userId}/Password", level: signedIn, do: s.setPassword},
		{name: "GET /Devices", level: administrators, do: s.getDevices, params: optional(aText, "SortOrder")},
		{name: "DELETE /Devices", level: administrators, do: s.deleteDevices, params: required("Id")},
		{name: "POST /Devices/Delete", level: administrators, do: s.deleteDevices, params: required("Id")},
		{name: "GET /Sessions", level: signedIn, do: s.getSessions, params: optional(aText, "ControllableByUserId", "DeviceId", "Id")},
		{name: "POST /Sessions/{sessionId}/Message", level: signedIn, do: s.showMessage, params: slices.Concat(
			required("Text"), required("Header"), optional(aNumber, "TimeoutMs"))},
		{name: "POST /Sessions/{sessionId}/Playing/{command}", level: signedIn, do: s.control},
		{name: "GET /System/ActivityLog/Entries", level: administrators, do: s.getLog, params: slices.Concat(page, optional(aTime, "MinDate"))},
		{name: "GET /QuickConnect/Enabled", do: nothing}, // a client may ask
		{name: "GET /socket", do: nothing},
	}, s.forbidden()...)
}

// forbidden are calls that the servers know and no connector may make. They are refused.
func (s *Server) forbidden() []route {
	var all []route
	for _, f := range []struct{ name, why string }{
		{"POST /Sessions/Logout", "it takes away the key that makes it"},
		{"POST /Auth/Keys", "a connector has its key"},
		{"DELETE /Auth/Keys/{key}", "a connector does not take keys away"},
		{"POST /Users/AuthenticateByName", "a connector has a key and no password; without a device id Jellyfin 10.8 signs everybody out"},
		{"POST /Users/ForgotPassword", "it writes a PIN onto the server's disk"},
		{"POST /Users/ForgotPassword/Pin", "it makes the PIN the password"},
		{"DELETE /Users/{userId}", "nobody asked for that"},
		{"POST /Users/{userId}", "nobody asked for that"},
		{"POST /Users/{userId}/Policy", "nobody asked for that"},
		{"GET /QuickConnect/Initiate", "that is the television's call"},
		{"POST /QuickConnect/Initiate", "that is the television's call"},
		{"GET /QuickConnect/Connect", "that is the television's call"},
		{"POST /Users/AuthenticateWithQuickConnect", "that is the television's call"},
	} {
		all = append(all, route{name: f.name, hidden: true, do: func(*call) answer {
			s.violate("%s: no connector may make this call: %s", f.name, f.why)
			return s.refuse(http.StatusForbidden)
		}})
	}
	return all
}

// find returns the route of a call and what stands for the names in its path.
func (s *Server) find(method, path string) (*route, map[string]string) {
	steps := strings.Split(path, "/")
	for _, r := range s.table {
		if holes, fits := r.fits(method, steps); fits {
			return &r, holes
		}
	}
	return nil, nil
}

func (r route) fits(method string, steps []string) (map[string]string, bool) {
	m, path, _ := strings.Cut(r.name, " ")
	pattern := strings.Split(path, "/")
	if m != method || len(pattern) != len(steps) {
		return nil, false
	}
	holes := map[string]string{}
	for i, p := range pattern {
		step, err := url.PathUnescape(steps[i])
		switch {
		case err != nil:
			return nil, false
		case strings.HasPrefix(p, "{") && step != "":
			holes[strings.Trim(p, "{}")] = step
		case p != step:
			return nil, false
		}
	}
	return holes, true
}

// check says what is wrong with the parameters of a call. Keys in the query are the matter of [Server.admit].
func (r route) check(query url.Values) []string {
	var wrong []string
	for name, values := range query {
		if slices.Contains(keyParams, name) {
			continue
		}
		i := slices.IndexFunc(r.params, func(p param) bool { return p.name == name })
		switch {
		case i < 0:
			wrong = append(wrong, fmt.Sprintf("unknown parameter %q", name))
		case len(values) > 1 && !r.params[i].many:
			wrong = append(wrong, fmt.Sprintf("parameter %s is there %d times", name, len(values)))
		default:
			if !r.params[i].kind.holds(values[0]) {
				wrong = append(wrong, fmt.Sprintf("parameter %s: %.80q is not of its kind", name, values[0]))
			}
		}
	}
	for _, p := range r.params {
		if p.required && query.Get(p.name) == "" {
			wrong = append(wrong, fmt.Sprintf("required parameter %s is missing or empty", p.name))
		}
	}
	slices.Sort(wrong)
	return wrong
}

func (k kind) holds(value string) bool {
	var err error
	switch k {
	case aText:
	case aUser:
		return isGUID(value)
	case aNumber:
		_, err = strconv.ParseInt(value, 10, 64)
	case aBool:
		return value == "true" || value == "false"
	case aTime:
		_, err = time.Parse(time.RFC3339, value)
	}
	return err == nil
}

// isGUID tells whether a text is a GUID in one of the two forms that the servers take: 32 digits, or with four hyphens.
func isGUID(text string) bool {
	digits := text
	if len(text) == 36 {
		if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
			return false
		}
		digits = strings.ReplaceAll(text, "-", "")
	}
	return len(digits) == 32 && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}
