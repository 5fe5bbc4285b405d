package jellyfinapi

import "strings"

// Language is the one that the server writes its log in.
type Language string

// The languages that a server can have; the empty one is English. Between them an address stands at the end, in the middle
// and at the beginning of a text, after colons of three kinds and between letters that are no Latin ones.
const (
	English  Language = "en"
	German   Language = "de"
	French   Language = "fr"
	Spanish  Language = "es"
	Turkish  Language = "tr"
	Japanese Language = "ja"
	Arabic   Language = "ar"
)

// Languages lists the languages.
func Languages() []Language {
	return []Language{English, German, French, Spanish, Turkish, Japanese, Arabic}
}

// phrase is a text of the log. {0} is a person or an address, {1} a device.
type phrase string

func (p phrase) with(first, second string) string {
	return strings.NewReplacer("{0}", first, "{1}", second).Replace(string(p))
}

// phrases are the texts of the log in a language. They have the shape of the servers' own texts, which differ from one
// version to the next, and are not the same words.
type phrases struct {
	signedIn, failed, online, offline, password, playing, address phrase
}

// words are the phrases of the server's language. The lock is held.
func (s *Server) words() phrases {
	switch s.log.language {
	case German:
		return phrases{
			"{0} hat sich angemeldet", "Anmeldung von {0} schlug fehl", "{0} ist mit {1} da", "{0} hat {1} verlassen",
			"Das Passwort von {0} ist neu", "{0} spielt etwas auf {1}", "IP-Adresse: {0}",
		}
	case French:
		return phrases{
			"{0} s'est identifié", "Échec d'identification de {0}", "{0} est en ligne depuis {1}", "{0} a quitté {1}",
			"Le mot de passe de {0} a changé", "{0} lit sur {1}", "Adresse IP : {0}",
		}
	case Spanish:
		return phrases{
			"{0} se ha identificado", "Intento fallido de {0}", "{0} está en línea desde {1}", "{0} ha dejado {1}",
			"La contraseña de {0} ha cambiado", "{0} reproduce en {1}", "Desde la dirección {0}, por red",
		}
	case Turkish:
		return phrases{
			"{0} oturum açtı", "{0} oturum açamadı", "{0}, {1} üzerinden çevrimiçi", "{0}, {1} ile bağlantısını kesti",
			"{0} parolasını değiştirdi", "{0}, {1} üzerinde oynatıyor", "{0} IP adresinden",
		}
	case Japanese:
		return phrases{
			"{0}さんがサインインしました", "{0}さんはサインインできませんでした", "{0}さんが{1}から接続しました", "{0}さんが{1}から切断しました",
			"{0}さんのパスワードが変わりました", "{0}さんが{1}で再生しています", "IPアドレス：{0}",
		}
	case Arabic:
		return phrases{
			"تم دخول {0}", "فشل دخول {0}", "{0} متصل من {1}", "{0} غادر {1}",
			"تغيرت كلمة مرور {0}", "{0} يشغل على {1}", "عنوان الشبكة: {0}",
		}
	case English:
	}
	return phrases{
		"{0} successfully authenticated", "Failed sign-in attempt from {0}", "{0} is online from {1}", "{0} has disconnected from {1}",
		"Password has been changed for user {0}", "{0} is playing on {1}", "IP address: {0}",
	}
}
