package watch

import "strings"

// family is which browser on which system an agent line means, in words that outlive its versions, and the browser's main
// version; 0 where it is not told.
type family struct {
	system, browser string
	version         uint16
	automated       bool // a program says that it is one
}

// maxAgent bounds how much of an agent line is read, in bytes; no browser's own is longer.
const maxAgent = 512

// browsers in the order in which they are looked for: most of them also name the ones they descend from.
var browsers = []struct{ mark, name string }{
	{"Edg/", "Edge"},
	{"EdgA/", "Edge"},
	{"EdgiOS/", "Edge"},
	{"OPR/", "Opera"},
	{"SamsungBrowser/", "Samsung"},
	{"Vivaldi/", "Vivaldi"},
	{"Silk/", "Silk"},
	{"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"Firefox/", "Firefox"},
	{"Chrome/", "Chrome"},
	{"Version/", "Safari"},
}

// systems in the order in which they are looked for: the later ones are named by the earlier ones' devices as well.
var systems = []struct{ mark, name string }{
	{"iPhone", "iPhone"},
	{"iPad", "iPad"},
	{"Android", "Android"},
	{"Windows", "Windows"},
	{"Macintosh", "Mac"},
	{"CrOS", "ChromeOS"},
	{"SMART-TV", "TV"},
	{"Linux", "Linux"},
}

// programs are words by which programs that sign in without a person name themselves.
var programs = []string{
	"Headless", "PhantomJS", "python", "Python", "curl/", "Wget/", "Go-http-client", "Java/", "libwww", "aiohttp", "axios/", "node-fetch",
	"Scrapy", "PostmanRuntime", "selenium", "puppeteer", "okhttp/",
}

// readAgent takes an agent line apart. A line that is of no known browser is a family of its own, up to its first digit.
func readAgent(line string) family {
	line = line[:min(len(line), maxAgent)]
	if line == "" {
		return family{}
	}
	var f family
	for _, s := range systems {
		if strings.Contains(line, s.mark) {
			f.system = s.name
			break
		}
	}
	for _, b := range browsers {
		if at := strings.Index(line, b.mark); at >= 0 {
			f.browser, f.version = b.name, leadingNumber(line[at+len(b.mark):])
			break
		}
	}
	if f.browser == "" || strings.Contains(line, "Headless") {
		for _, p := range programs {
			f.automated = f.automated || strings.Contains(line, p)
		}
	}
	if f.browser == "" {
		f.browser = line
		if at := strings.IndexAny(line, "0123456789"); at >= 0 {
			f.browser, f.version = line[:at], leadingNumber(line[at:])
		}
	}
	return f
}

// leadingNumber reads the digits that a text begins with, up to 9999.
func leadingNumber(s string) (n uint16) {
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1000; i++ {
		n = n*10 + uint16(s[i]-'0')
	}
	return n
}
