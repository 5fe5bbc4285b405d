package places

import (
	"strings"

	"latchstring/core"
)

// spoken is what people call the countries that have several names in the table, or one that its letters do not show.
var spoken = map[string]string{
	"AT": "Austria", "AX": "Åland", "BA": "Bosnia and Herzegovina", "BE": "Belgium", "BL": "Saint Barthélemy", "BN": "Brunei", "BO": "Bolivia",
	"BQ": "Caribbean Netherlands", "BR": "Brazil", "CC": "Cocos Islands", "CD": "DR Congo", "CG": "Congo", "CH": "Switzerland", "CI": "Côte d'Ivoire",
	"CN": "China", "CV": "Cape Verde", "CW": "Curaçao", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FI": "Finland", "FK": "Falkland Islands",
	"FM": "Micronesia", "GB": "United Kingdom", "GR": "Greece", "GS": "South Georgia", "GW": "Guinea-Bissau", "HR": "Croatia", "IE": "Ireland",
	"IT": "Italy", "KP": "North Korea", "KR": "South Korea", "LA": "Laos", "MD": "Moldova", "MK": "North Macedonia", "MM": "Myanmar", "MO": "Macao",
	"NL": "Netherlands", "NO": "Norway", "PL": "Poland", "PN": "Pitcairn Islands", "PS": "Palestine", "RE": "Réunion", "RU": "Russia", "SE": "Sweden",
	"SH": "Saint Helena", "SK": "Slovakia", "ST": "São Tomé and Príncipe", "SY": "Syria", "SZ": "Eswatini", "TF": "French Southern Territories",
	"TL": "Timor-Leste", "TR": "Türkiye", "TW": "Taiwan", "TZ": "Tanzania", "UM": "US Minor Outlying Islands", "US": "United States",
	"VA": "Vatican City", "VE": "Venezuela", "VG": "British Virgin Islands", "VI": "US Virgin Islands", "VN": "Vietnam", "AE": "United Arab Emirates",
	"HK": "Hong Kong", "IR": "Iran", "FO": "Faroe Islands",
}

// Name implements [core.Gazetteer]: "Lyon, France", or as much of it as is known.
func (p *Places) Name(place core.Place) string {
	country := countryCalled(place.Country)
	switch {
	case place.City != "" && country != "":
		return place.City + ", " + country
	case place.City != "":
		return place.City
	case place.Region != "" && country != "":
		return place.Region + ", " + country
	}
	return country
}

// countryCalled returns what a country is called, by its code; "" where there is none.
func countryCalled(code string) string {
	if name, ok := spoken[code]; ok {
		return name
	}
	for _, c := range countryNames {
		if c.code == code {
			return capitals(c.name)
		}
	}
	return ""
}

// capitals writes a folded name as a name.
func capitals(folded string) string {
	words := strings.Fields(folded)
	for i, w := range words {
		if w != "and" && w != "of" && w != "the" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}
