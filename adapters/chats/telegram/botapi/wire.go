package botapi

// User is a person or a bot as the API tells it.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// Who stands behind what an anonymous admin of a group writes, and behind what a channel posts into its group.
const (
	anonymousAdmin int64 = 1087968824
	linkedChannel  int64 = 136817688
)

func botUser() *User {
	return &User{ID: BotID, IsBot: true, FirstName: "Latchstring", Username: BotName}
}

type wireChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Username  string `json:"username,omitempty"`
	IsForum   bool   `json:"is_forum,omitempty"`
}

type wireMessage struct {
	ID           int          `json:"message_id"`
	Thread       int          `json:"message_thread_id,omitempty"`
	InTopic      bool         `json:"is_topic_message,omitempty"`
	From         *User        `json:"from,omitempty"`
	SenderChat   *wireChat    `json:"sender_chat,omitempty"`
	Chat         wireChat     `json:"chat"`
	Date         int64        `json:"date"`
	EditDate     int64        `json:"edit_date,omitempty"`
	ReplyTo      *wireMessage `json:"reply_to_message,omitempty"`
	Text         string       `json:"text,omitempty"`
	Entities     []Entity     `json:"entities,omitempty"`
	Protected    bool         `json:"has_protected_content,omitempty"`
	Keyboard     *Keyboard    `json:"reply_markup,omitempty"`
	MigratedTo   int64        `json:"migrate_to_chat_id,omitempty"`
	MigratedFrom int64        `json:"migrate_from_chat_id,omitempty"`
}

type wireCallback struct {
	ID       string `json:"id"`
	From     *User  `json:"from"`
	Message  any    `json:"message,omitempty"`
	Instance string `json:"chat_instance"`
	Data     string `json:"data"`
}

// wireGone stands for a message that is not there any more.
type wireGone struct {
	Chat wireChat `json:"chat"`
	ID   int      `json:"message_id"`
	Date int64    `json:"date"` // always 0
}

type wireMember struct {
	Status string `json:"status"`
	User   *User  `json:"user"`
}

type wireMembership struct {
	Chat wireChat   `json:"chat"`
	From *User      `json:"from"`
	Date int64      `json:"date"`
	Old  wireMember `json:"old_chat_member"`
	New  wireMember `json:"new_chat_member"`
}
