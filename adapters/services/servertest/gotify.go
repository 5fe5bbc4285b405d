package servertest

import (
	"net/http"
	"strconv"
	"testing"
)

const gotifyBinary = "gotify-v2.6.1"

// GotifyServer is a running Gotify with one user, its admin.
type GotifyServer struct {
	server
	URL            string
	User, Password string
}

// Gotify starts a Gotify without any clients.
func Gotify(t testing.TB) *GotifyServer {
	t.Helper()
	port := freePorts(t, 1)[0]
	g := &GotifyServer{
		server: newServer(t, gotifyBinary),
		URL:    "http://127.0.0.1:" + port,
		User:   "admin", Password: "admin-of-the-test",
	}
	g.ready = g.URL + "/health"
	g.env = []string{
		"GOTIFY_SERVER_LISTENADDR=127.0.0.1", "GOTIFY_SERVER_PORT=" + port,
		"GOTIFY_DEFAULTUSER_NAME=" + g.User, "GOTIFY_DEFAULTUSER_PASS=" + g.Password,
		"GOTIFY_PASSSTRENGTH=4", // the least bcrypt takes: each call of the admin checks the password
	}
	g.cleanUp()
	g.Start()
	return g
}

// NewClient makes a client, which is what Gotify calls a device that is signed in.
func (g *GotifyServer) NewClient(name string) (id, token string) {
	g.t.Helper()
	var made struct {
		ID    int    `json:"id"`
		Token string `json:"token"`
	}
	req := http.Request{Header: http.Header{}}
	req.SetBasicAuth(g.User, g.Password)
	g.call(http.MethodPost, g.URL+"/client", req.Header, map[string]string{"name": name}, &made, http.StatusOK)
	return strconv.Itoa(made.ID), made.Token
}

// TokenWorks tells whether a client's token is still accepted. Asking counts as a use of the client.
func (g *GotifyServer) TokenWorks(token string) bool {
	g.t.Helper()
	header := http.Header{"X-Gotify-Key": {token}}
	return g.call(http.MethodGet, g.URL+"/current/user", header, nil, nil, http.StatusOK, http.StatusUnauthorized) == http.StatusOK
}
