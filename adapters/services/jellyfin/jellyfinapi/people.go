package jellyfinapi

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// User is somebody the server knows.
type User struct {
	ID    string // 32 hexadecimal digits; empty: one is made
	Name  string
	Admin bool
}

// account is a user and what only the server knows of them.
type account struct {
	User
	password string
	signedIn time.Time // zero: never
	active   time.Time
}

// firstPassword is what users have until somebody sets another one.
const firstPassword = "correct horse battery staple"

// AddUser makes the server know somebody, and returns them with their id.
func (s *Server) AddUser(u User) User {
	s.tb.Helper()
	if u.Name == "" {
		s.tb.Fatalf("jellyfin: a user without a name")
	}
	s.locked(func() {
		if u.ID == "" {
			u.ID = s.newHex()
		}
		s.users = append(s.users, &account{User: u, password: firstPassword})
	})
	return u
}

// RemoveUser makes the server forget somebody, whose devices are signed out.
func (s *Server) RemoveUser(name string) {
	s.tb.Helper()
	u := s.person(name)
	s.locked(func() {
		s.users = slices.DeleteFunc(s.users, func(a *account) bool { return a == u })
		s.signOut(func(t *token) bool { return t.user == u })
	})
}

// User returns somebody the server knows.
func (s *Server) User(name string) User {
	s.tb.Helper()
	return s.person(name).User
}

// Password returns somebody's password.
func (s *Server) Password(name string) string {
	s.tb.Helper()
	u := s.person(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	return u.password
}

// person finds somebody by name, and ends the test if the server knows nobody of that name.
func (s *Server) person(name string) *account {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.users, func(a *account) bool { return a.Name == name })
	if i < 0 {
		s.tb.Fatalf("jellyfin: the server knows no %q", name)
	}
	return s.users[i]
}

// byID finds somebody by their id in either form. The lock is held.
func (s *Server) byID(id string) *account {
	for _, u := range s.users {
		if sameID(u.ID, id) {
			return u
		}
	}
	return nil
}

func sameID(a, b string) bool {
	return a == b || isGUID(a) && isGUID(b) && strings.EqualFold(strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", ""))
}

const nobodyID = "00000000000000000000000000000000"

func (s *Server) getUsers(*call) answer { return jsonOf(s.userRows()) }

func (s *Server) queryUsers(*call) answer {
	rows := s.userRows()
	return jsonOf(map[string]any{"Items": rows, "TotalRecordCount": len(rows)})
}

func (s *Server) userRows() []any {
	rows := []any{}
	for _, u := range s.users {
		rows = append(rows, s.userRow(u))
	}
	return rows
}

func (s *Server) userRow(u *account) any {
	row := map[string]any{
		"Name": u.Name, "Id": u.ID, "ServerId": serverID,
		"HasPassword": u.password != "", "HasConfiguredPassword": u.password != "", "HasConfiguredEasyPassword": false,
		"EnableAutoLogin": false, "LastLoginDate": nil, "LastActivityDate": nil,
		"Policy": map[string]any{
			"IsAdministrator": u.Admin, "IsHidden": false, "IsDisabled": false, "EnableAllDevices": true,
			"AuthenticationProviderId": "Default", "PasswordResetProviderId": "Default",
		},
	}
	if !u.signedIn.IsZero() {
		row["LastLoginDate"], row["LastActivityDate"] = stamp(u.signedIn), stamp(u.active)
	}
	return row
}

func (s *Server) getUser(c *call) answer {
	u := s.byID(c.holes["userId"])
	if u == nil {
		return s.refuse(http.StatusNotFound)
	}
	return jsonOf(s.userRow(u))
}

// getMe answers an API key 400, because it is nobody's.
func (s *Server) getMe(c *call) answer {
	if c.caller.user() == nil {
		return s.refuse(http.StatusBadRequest)
	}
	return jsonOf(s.userRow(c.caller.user()))
}

// setPassword sets a password and signs out whoever has it, but for the caller. A password that is empty, or reset, which
// empties it too, lets anybody in, so both are violations although the servers do them.
func (s *Server) setPassword(c *call) answer {
	if c.route.hidden {
		s.violate("%s: %s answers this still, but describes it no more", c.route.name, s.version)
	}
	var body struct {
		ID                         string `json:"Id"`
		CurrentPassword, CurrentPw string
		NewPw                      string
		ResetPassword              bool
	}
	if refused := s.readBody(c, &body); refused != nil {
		return *refused
	}
	id := c.query.Get("userId") + c.holes["userId"]
	if u := c.caller.user(); id == "" && u != nil {
		id = u.ID
	}
	u := s.byID(id)
	switch {
	case u == nil:
		return text(http.StatusNotFound, "User not found")
	case !c.caller.administrator() && c.caller.user() != u:
		return text(http.StatusForbidden, "User is not allowed to update the password.")
	case body.ResetPassword:
		s.violate("%s: ResetPassword sets an empty password and signs nobody out", c.route.name)
		u.password = ""
		return s.done()
	case c.caller.user() == u && body.CurrentPw != u.password:
		return text(http.StatusForbidden, "Invalid user or password entered.")
	case body.NewPw == "":
		s.violate("%s: an empty password", c.route.name)
	}
	u.password = body.NewPw
	s.signOut(func(t *token) bool { return t.user == u && t != c.caller.token })
	s.note(Entry{Type: typePassword, UserID: u.ID, Name: s.words().password.with(u.Name, "")})
	return s.done()
}

// readBody reads the body of a call, which is JSON that says it is, without fields that nobody knows.
func (s *Server) readBody(c *call, into any) *answer {
	kind, _, err := mime.ParseMediaType(c.http.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "text/json" {
		s.violate("%s: the content type %q is not JSON's", c.route.name, c.http.Header.Get("Content-Type"))
		return new(s.refuse(http.StatusUnsupportedMediaType))
	}
	decoder := json.NewDecoder(strings.NewReader(string(c.body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		s.violate("%s: body: %v", c.route.name, err)
		return new(s.refuse(http.StatusBadRequest))
	}
	if decoder.More() {
		s.violate("%s: more than one value in the body", c.route.name)
		return new(s.refuse(http.StatusBadRequest))
	}
	return nil
}

// list is the form of all lists that have pages.
func list(items any, total, start int) any {
	return map[string]any{"Items": items, "TotalRecordCount": total, "StartIndex": start}
}
