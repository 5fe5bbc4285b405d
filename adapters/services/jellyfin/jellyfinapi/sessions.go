package jellyfinapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Item is something that plays.
type Item struct {
	Name    string
	Series  string // of an episode
	Type    string // "Movie", "Episode", "Audio"; empty: "Movie"
	Length  time.Duration
	At      time.Duration // how far it has come
	Paused  bool
	Method  string // "DirectPlay", "DirectStream", "Transcode"; empty: "DirectPlay"
	Resists bool   // it goes on when it is asked to stop
}

// session is a device that calls. It is in memory only, and of an app on a device there is one, of who used it last.
type session struct {
	id      string
	device  Device
	user    *account // nil: an API key's
	from    netip.Addr
	active  time.Time
	playing *Item
}

// Message is something that was to be shown on a screen.
type Message struct {
	Header, Text string
	Timeout      time.Duration // 0: until somebody puts it away
}

// screen is what a session was told.
type screen struct {
	messages []Message
	stops    int
}

// Plays has somebody play something on a device they are signed in on, and returns the session's id.
func (s *Server) Plays(user, device string, item Item) string {
	s.tb.Helper()
	t := s.mustFind(user, device)
	var id string
	s.locked(func() {
		s.use(t)
		on := s.attend(t)
		on.playing = &item
		id = s.publicID(on)
		s.note(Entry{Type: typePlayed, UserID: t.user.ID, Name: s.words().playing.with(t.user.Name, t.device.Name) + ": " + item.Name})
	})
	return id
}

// Ends has what plays on a device come to its end.
func (s *Server) Ends(device string) {
	s.locked(func() {
		for _, on := range s.sessions {
			if on.device.ID == device {
				on.playing = nil
			}
		}
	})
}

// Playing returns what plays on a device; "" is nothing.
func (s *Server) Playing(device string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	for _, on := range s.sessions {
		if on.device.ID == device && on.playing != nil {
			return on.playing.Name
		}
	}
	return ""
}

// SessionID returns the id of a device's session; "" is none.
func (s *Server) SessionID(device string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	for _, on := range s.sessions {
		if on.device.ID == device {
			return s.publicID(on)
		}
	}
	return ""
}

// Messages returns what was shown in a session.
func (s *Server) Messages(session string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	if told := s.screens[session]; told != nil {
		return slices.Clone(told.messages)
	}
	return nil
}

// Stopped tells whether a session was asked to stop what it plays.
func (s *Server) Stopped(session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	told := s.screens[session]
	return told != nil && told.stops > 0
}

// Restarts has the server forget its sessions. The devices stay signed in, and websockets are cut.
func (s *Server) Restarts() {
	s.locked(func() {
		s.sessions = nil
		s.cutSockets()
	})
}

// OneSessionID has all sessions go by one id, as servers do that were set up from a copy.
func (s *Server) OneSessionID(id string) { s.locked(func() { s.oneID = id }) }

// HidesAddresses has the server see nothing but the address of a proxy from now on, in what it lists and what it logs.
func (s *Server) HidesAddresses(proxy string) {
	s.tb.Helper()
	addr := s.address(proxy)
	s.locked(func() { s.proxy = addr })
}

// seen is an address as the server sees it; nil where it sees none.
func (s *Server) seen(a netip.Addr) any {
	if s.proxy.IsValid() {
		a = s.proxy
	}
	if !a.IsValid() {
		return nil
	}
	return a.String()
}

func (s *Server) publicID(on *session) string {
	if s.oneID != "" {
		return s.oneID
	}
	return on.id
}

// attend finds or makes the session of a device. The lock is held.
func (s *Server) attend(t *token) *session {
	on, fresh := s.meet(t.device)
	on.user, on.from, on.active = t.user, t.from, s.clock.now()
	if fresh {
		name := s.words().online.with(t.user.Name, t.device.Name)
		s.note(Entry{Type: typeStarted, UserID: t.user.ID, Name: name, ShortOverview: s.addressText(t.from)})
	}
	return on
}

func (s *Server) meet(d Device) (on *session, fresh bool) {
	for _, on := range s.sessions {
		if on.device.ID == d.ID && on.device.App == d.App {
			return on, false
		}
	}
	on = &session{id: s.newHex(), device: d}
	s.sessions = append(s.sessions, on)
	return on, true
}

// endSessions ends the sessions of a device. The lock is held.
func (s *Server) endSessions(device string) {
	s.sessions = slices.DeleteFunc(s.sessions, func(on *session) bool {
		if on.device.ID != device {
			return false
		}
		if on.user != nil {
			name := s.words().offline.with(on.user.Name, on.device.Name)
			s.note(Entry{Type: typeEnded, UserID: on.user.ID, Name: name, ShortOverview: s.addressText(on.from)})
		}
		return true
	})
}

// getSessions lists sessions: to administrators all, to others their own.
func (s *Server) getSessions(c *call) answer {
	rows := []any{}
	within, _ := strconv.Atoi(c.query.Get("activeWithinSeconds")) // it was looked at before; 0: all
	for _, on := range s.sessions {
		device := c.query.Get("deviceId") + c.query.Get("DeviceId")
		switch {
		case !c.caller.administrator() && on.user != c.caller.user(),
			device != "" && device != on.device.ID,
			within > 0 && s.clock.now().Sub(on.active) > time.Duration(within)*time.Second,
			c.query.Get("controllableByUserId")+c.query.Get("ControllableByUserId") != "" && on.device.Silent:
		default:
			rows = append(rows, s.sessionRow(on))
		}
	}
	return jsonOf(rows)
}

// sessionRow tells a session. No description has its access token; it is here for clients that decode more than they name.
func (s *Server) sessionRow(on *session) map[string]any {
	row := map[string]any{
		"Id": s.publicID(on), "UserId": nobodyID, "UserName": nil, "Client": on.device.App, "ApplicationVersion": on.device.Version,
		"DeviceId": on.device.ID, "DeviceName": on.device.Name, "RemoteEndPoint": s.seen(on.from), "ServerId": serverID,
		"LastActivityDate": stamp(on.active), "SupportsRemoteControl": !on.device.Silent, "AccessToken": Canary + "-of-a-session",
		"PlayState": map[string]any{"CanSeek": false, "IsPaused": false, "IsMuted": false, "RepeatMode": "RepeatNone"},
	}
	if on.user != nil {
		row["UserId"], row["UserName"] = on.user.ID, on.user.Name
	}
	if s.version.emby {
		row["Protocol"], row["InternalDeviceId"] = "HTTP/1.1", s.known[on.device.ID].internal
	} else {
		row["LastPlaybackCheckIn"], row["IsActive"] = stamp(time.Time{}), true
		row["SupportsMediaControl"], row["Capabilities"] = !on.device.Silent, capabilities(on.device)
		row["PlayableMediaTypes"], row["SupportedCommands"] = []string{"Audio", "Video"}, []string{"DisplayMessage"}
	}
	if on.playing == nil {
		return row
	}
	item := on.playing
	kind, method := or(item.Type, "Movie"), or(item.Method, "DirectPlay")
	playing := map[string]any{"Name": item.Name, "Id": nobodyID, "Type": kind, "RunTimeTicks": ticks(item.Length)}
	if item.Series != "" {
		playing["SeriesName"] = item.Series
	}
	row["NowPlayingItem"] = playing
	row["PlayState"] = map[string]any{
		"PositionTicks": ticks(item.At), "CanSeek": true, "IsPaused": item.Paused, "IsMuted": false, "PlayMethod": method, "RepeatMode": "RepeatNone",
	}
	if !s.version.emby {
		row["LastPlaybackCheckIn"] = stamp(on.active)
	}
	return row
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// ticks are what the servers count time in: 100 nanoseconds.
func ticks(d time.Duration) int64 { return d.Nanoseconds() / 100 }

// told finds the session that a call means, and whom else it brings in: on Jellyfin such a call makes a session of its own
// for the caller. The lock is held.
func (s *Server) told(c *call) (*session, *screen) {
	if who := c.caller.client; c.caller.apiKey && !s.version.emby && who.DeviceID != "" {
		own, _ := s.meet(Device{ID: who.DeviceID, Name: who.Device, App: who.Client, Version: who.Version, Silent: true})
		own.active = s.clock.now()
	}
	id := c.holes["sessionId"]
	for _, on := range s.sessions {
		if s.publicID(on) != id {
			continue
		}
		if s.screens[id] == nil {
			s.screens[id] = &screen{}
		}
		return on, s.screens[id]
	}
	return nil, nil
}

// showMessage shows a message. A device that shows none takes it all the same.
func (s *Server) showMessage(c *call) answer {
	message := Message{Header: c.query.Get("Header"), Text: c.query.Get("Text")}
	after, _ := strconv.ParseInt(c.query.Get("TimeoutMs"), 10, 64) // it was looked at before; 0: none
	message.Timeout = time.Duration(after) * time.Millisecond
	if !s.version.emby {
		var body struct {
			Header, Text string
			TimeoutMs    int64
		}
		if refused := s.readBody(c, &body); refused != nil {
			return *refused
		}
		message = Message{body.Header, body.Text, time.Duration(body.TimeoutMs) * time.Millisecond}
	}
	if strings.TrimSpace(message.Text) == "" {
		s.violate("%s: a message without text", c.route.name)
		return s.refuse(http.StatusBadRequest)
	}
	on, told := s.told(c)
	if on == nil {
		return failed(http.StatusNotFound)
	}
	if !on.device.Silent {
		told.messages = append(told.messages, message)
	}
	return s.done()
}

// control asks a session to do something. Only Stop is something that a household asks for.
func (s *Server) control(c *call) answer {
	if command := c.holes["command"]; command != "Stop" {
		s.violate("%s: no connector asks for %.40q", c.route.name, command)
		return s.refuse(http.StatusBadRequest)
	}
	on, told := s.told(c)
	if on == nil {
		return failed(http.StatusNotFound)
	}
	told.stops++
	if on.playing != nil && !on.playing.Resists && !on.device.Silent {
		on.playing = nil
	}
	return s.done()
}
