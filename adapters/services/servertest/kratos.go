package servertest

import (
	_ "embed"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

const kratosBinary = "kratos-v1.3.1"

var (
	//go:embed kratos.yml
	kratosConfig []byte
	//go:embed person.json
	kratosPerson []byte
)

// KratosServer is a running Ory Kratos. Its admin API wants no key: whoever reaches its port may do all.
type KratosServer struct {
	server
	PublicURL, AdminURL string
}

// Kratos starts a Kratos that knows nobody.
func Kratos(t testing.TB) *KratosServer {
	t.Helper()
	ports := freePorts(t, 2)
	public, admin := ports[0], ports[1]
	k := &KratosServer{
		server:    newServer(t, kratosBinary),
		PublicURL: "http://127.0.0.1:" + public,
		AdminURL:  "http://127.0.0.1:" + admin,
	}
	for name, text := range map[string][]byte{"kratos.yml": kratosConfig, "person.json": kratosPerson} {
		if err := os.WriteFile(filepath.Join(k.dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.ready = k.AdminURL + "/admin/health/ready"
	k.args = []string{"serve", "-c", "kratos.yml", "--dev"}
	k.env = []string{
		"DSN=sqlite://" + filepath.Join(k.dir, "kratos.db") + "?_fk=true",
		"SERVE_PUBLIC_PORT=" + public, "SERVE_ADMIN_PORT=" + admin,
		"SQA_OPT_OUT=true", // it would report its use to its makers
	}
	k.cleanUp()
	if err := k.command("migrate", "sql", "-e", "--yes", "-c", "kratos.yml").Run(); err != nil {
		t.Fatalf("kratos migrate: %v", err)
	}
	k.Start()
	return k
}

// Register makes an identity that signs in with an address and a password, and returns its id.
func (k *KratosServer) Register(email, password string) (id string) {
	k.t.Helper()
	type object = map[string]any
	var made struct {
		ID string `json:"id"`
	}
	k.call(http.MethodPost, k.AdminURL+"/admin/identities", nil, object{
		"schema_id":   "person",
		"traits":      object{"email": email},
		"credentials": object{"password": object{"config": object{"password": password}}},
	}, &made, http.StatusCreated)
	return made.ID
}

// Visitor is what Kratos is told of whoever signs in, by the proxy in front of it and by the app. Place is a city and a
// country: Athens and GR. What is empty is not told.
type Visitor struct{ Address, UserAgent, City, Country string }

// SignIn signs in with a password and returns the session's token.
func (k *KratosServer) SignIn(email, password string, from Visitor) (token string) {
	k.t.Helper()
	header := http.Header{}
	for name, value := range map[string]string{
		"X-Forwarded-For": from.Address, "User-Agent": from.UserAgent, "Cf-Ipcity": from.City, "Cf-Ipcountry": from.Country,
	} {
		if value != "" {
			header.Set(name, value)
		}
	}
	var flow struct {
		UI struct {
			Action string `json:"action"`
		} `json:"ui"`
	}
	k.call(http.MethodGet, k.PublicURL+"/self-service/login/api", header, nil, &flow, http.StatusOK)
	var session struct {
		Token string `json:"session_token"`
	}
	k.call(http.MethodPost, flow.UI.Action, header,
		map[string]string{"method": "password", "identifier": email, "password": password}, &session, http.StatusOK)
	return session.Token
}

// WhoAmI tells whether a session's token is still accepted.
func (k *KratosServer) WhoAmI(token string) bool {
	k.t.Helper()
	header := http.Header{"X-Session-Token": {token}}
	return k.call(http.MethodGet, k.PublicURL+"/sessions/whoami", header, nil, nil, http.StatusOK, http.StatusUnauthorized) == http.StatusOK
}
