package core

// ServiceID names an account service in the config, in commands and in the database: "jellyfin", "home".
type ServiceID string

// Account is a member's identity at one service.
type Account struct {
	Service ServiceID `json:"service"`
	Member  MemberID  `json:"member"`
	Login   string    `json:"login"` // the name the service knows the member by: a user name or an address
}
