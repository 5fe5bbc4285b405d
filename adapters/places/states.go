package places

// state is a part of a country that is often named by letters.
type state struct {
	letters, country, name string
}

// statesOf returns the states that go by a folded text of a few letters: "wa" is Washington, and Western Australia too.
func statesOf(folded string) []state {
	var of []state
	for _, s := range states {
		if s.letters == folded {
			of = append(of, s)
		}
	}
	return of
}

var states = [...]state{
	{"ab", "CA", "Alberta"},
	{"act", "AU", "Australian Capital Territory"},
	{"ak", "US", "Alaska"},
	{"al", "US", "Alabama"},
	{"ar", "US", "Arkansas"},
	{"az", "US", "Arizona"},
	{"bc", "CA", "British Columbia"},
	{"ca", "US", "California"},
	{"co", "US", "Colorado"},
	{"ct", "US", "Connecticut"},
	{"dc", "US", "District of Columbia"},
	{"de", "US", "Delaware"},
	{"fl", "US", "Florida"},
	{"ga", "US", "Georgia"},
	{"hi", "US", "Hawaii"},
	{"ia", "US", "Iowa"},
	{"id", "US", "Idaho"},
	{"il", "US", "Illinois"},
	{"in", "US", "Indiana"},
	{"ks", "US", "Kansas"},
	{"ky", "US", "Kentucky"},
	{"la", "US", "Louisiana"},
	{"ma", "US", "Massachusetts"},
	{"mb", "CA", "Manitoba"},
	{"md", "US", "Maryland"},
	{"me", "US", "Maine"},
	{"mi", "US", "Michigan"},
	{"mn", "US", "Minnesota"},
	{"mo", "US", "Missouri"},
	{"ms", "US", "Mississippi"},
	{"mt", "US", "Montana"},
	{"nb", "CA", "New Brunswick"},
	{"nc", "US", "North Carolina"},
	{"nd", "US", "North Dakota"},
	{"ne", "US", "Nebraska"},
	{"nh", "US", "New Hampshire"},
	{"nj", "US", "New Jersey"},
	{"nl", "CA", "Newfoundland and Labrador"},
	{"nm", "US", "New Mexico"},
	{"ns", "CA", "Nova Scotia"},
	{"nsw", "AU", "New South Wales"},
	{"nt", "AU", "Northern Territory"},
	{"nt", "CA", "Northwest Territories"},
	{"nu", "CA", "Nunavut"},
	{"nv", "US", "Nevada"},
	{"ny", "US", "New York"},
	{"oh", "US", "Ohio"},
	{"ok", "US", "Oklahoma"},
	{"on", "CA", "Ontario"},
	{"or", "US", "Oregon"},
	{"pa", "US", "Pennsylvania"},
	{"pe", "CA", "Prince Edward Island"},
	{"qc", "CA", "Quebec"},
	{"qld", "AU", "Queensland"},
	{"ri", "US", "Rhode Island"},
	{"sa", "AU", "South Australia"},
	{"sc", "US", "South Carolina"},
	{"sd", "US", "South Dakota"},
	{"sk", "CA", "Saskatchewan"},
	{"tas", "AU", "Tasmania"},
	{"tn", "US", "Tennessee"},
	{"tx", "US", "Texas"},
	{"ut", "US", "Utah"},
	{"va", "US", "Virginia"},
	{"vic", "AU", "Victoria"},
	{"vt", "US", "Vermont"},
	{"wa", "AU", "Western Australia"},
	{"wa", "US", "Washington"},
	{"wi", "US", "Wisconsin"},
	{"wv", "US", "West Virginia"},
	{"wy", "US", "Wyoming"},
	{"yt", "CA", "Yukon"},
}
