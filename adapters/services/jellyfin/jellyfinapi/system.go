package jellyfinapi

import "net/http"

// serverID is the server's own id, and the name that it goes by.
const (
	serverID   = "9b1f7c6a2d3e4f508a9b0c1d2e3f4a5b"
	serverName = "nas"
)

func (s *Server) product() string {
	if s.version.emby {
		return "Emby Server"
	}
	return "Jellyfin Server"
}

func (s *Server) publicInfo() map[string]any {
	info := map[string]any{"LocalAddress": s.URL, "ServerName": serverName, "Version": s.version.text, "Id": serverID}
	if !s.version.emby { // Emby does not tell its product
		info["ProductName"], info["OperatingSystem"], info["StartupWizardCompleted"] = s.product(), "", true
	}
	return info
}

func (s *Server) getPublicInfo(*call) answer { return jsonOf(s.publicInfo()) }

func (s *Server) getInfo(*call) answer {
	info := s.publicInfo()
	info["HasPendingRestart"], info["IsShuttingDown"], info["SupportsLibraryMonitor"] = false, false, true
	info["WebSocketPortNumber"] = 8096
	return jsonOf(info)
}

func (s *Server) ping(*call) answer {
	if s.version.emby {
		return text(http.StatusOK, s.product())
	}
	return jsonOf(s.product())
}
