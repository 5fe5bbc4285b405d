package talk

// tongue is what the words of the menu are called in a language, by their names; nil: as they are. A language is here whole
// or not at all. A chat offers these names where people choose words from a list; whoever does says the word's own name.
// Names are of letters, digits, "-" and "_", in lower case, 32 characters at the most; what they are about is told in 100.
func tongue(language string) map[string]Entry {
	switch language {
	case "de":
		return map[string]Entry{
			"devices":     {"geräte", "wer wo angemeldet ist"},
			"review":      {"durchsicht", "alle Geräte, die unbekannten und unbenutzten zuerst"},
			"code":        {"code", "ein Einmalcode zum Anmelden, den ein Dienst gemailt hat"},
			"signout":     {"abmelden", "ein Gerät abmelden, oder alle"},
			"reset":       {"zurücksetzen", "ein Passwort zurücksetzen"},
			"history":     {"verlauf", "wer was getan hat"},
			"alerts":      {"alarme", "fremde Anmeldungen, und was daraus wurde"},
			"rehearse":    {"probe", "wonach ich gefragt hätte, so und mit anderer Empfindlichkeit"},
			"expect":      {"erwarten", "ein Gerät für eine Weile zulassen"},
			"watching":    {"läuft", "was gerade läuft, und wer schaut"},
			"tv":          {"fernseher", "einen Fernseher mit seinem Code anmelden"},
			"steps":       {"schritte", "wie man einen Dienst am Gerät selbst abmeldet"},
			"status":      {"zustand", "wie es den Diensten geht, und was jeder kann"},
			"invite":      {"einladen", "jemanden aus dem Haushalt hereinlassen"},
			"settings":    {"einstellungen", "wie ich dir Zeiten und Adressen zeige"},
			"help":        {"hilfe", "was du hier sagen kannst"},
			"link":        {"verbinden", "mit einer Einladung hereinkommen"},
			whatFollows:   {"was", "ein Dienst, eine Person, ein Gerät"},
			whoFollows:    {"wer", "eine Person"},
			deviceFollows: {"gerät", "was sich anmelden wird, und bis wann: Airbnb TV until Sunday 12:00"},
			codeFollows:   {"einladung", "der Code der Einladung"},
		}
	case "es":
		return map[string]Entry{
			"devices":     {"dispositivos", "quién tiene la sesión iniciada, y dónde"},
			"review":      {"revisión", "todos los dispositivos, primero los desconocidos y los que nadie usa"},
			"code":        {"código", "un código de un solo uso que mandó un servicio, para iniciar sesión"},
			"signout":     {"cerrar-sesión", "cerrar la sesión de un dispositivo, o de todos"},
			"reset":       {"restablecer", "restablecer una contraseña"},
			"history":     {"historial", "quién hizo qué"},
			"alerts":      {"alertas", "inicios de sesión que nadie conocía, y en qué quedaron"},
			"rehearse":    {"ensayo", "por qué habría preguntado, con esta y con otra sensibilidad"},
			"expect":      {"esperar", "admitir un dispositivo por un tiempo"},
			"watching":    {"viendo", "qué se está viendo, y quién lo ve"},
			"tv":          {"tele", "iniciar sesión en una tele con su código"},
			"steps":       {"pasos", "cómo cerrar la sesión en el propio dispositivo"},
			"status":      {"estado", "cómo están los servicios, y qué puede hacer cada uno"},
			"invite":      {"invitar", "dejar entrar a alguien de la casa"},
			"settings":    {"ajustes", "cómo te muestro las horas y las direcciones"},
			"help":        {"ayuda", "lo que puedes decir aquí"},
			"link":        {"vincular", "entrar con una invitación"},
			whatFollows:   {"qué", "un servicio, una persona, un dispositivo"},
			whoFollows:    {"quién", "una persona"},
			deviceFollows: {"dispositivo", "qué iniciará sesión, y hasta cuándo: Airbnb TV until Sunday 12:00"},
			codeFollows:   {"invitación", "el código de la invitación"},
		}
	}
	return nil
}
