package jellyfinapi

// CheckAnswer says what keeps an answer from being one that the official description has, and whether there is a description.
func (s *Server) CheckAnswer(name string, status int, body []byte) (fault string, described bool) {
	if s.schema == nil {
		return "", false
	}
	return s.schema.checkAnswer(name, status, body), true
}

// Emby tells whether the server is one.
func (s *Server) Emby() bool { return s.version.emby }
