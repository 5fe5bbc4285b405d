package watch_test

import (
	"fmt"
	"testing"

	"latchstring/core/watch"
)

func TestAgents(t *testing.T) {
	for line, want := range map[string]string{
		firefox140: "Windows Firefox 140 false",
		chromeMac:  "Mac Chrome 143 false",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1": "iPhone Safari 18 false",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0":             "Windows Edge 143 false",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36":       "Android Samsung 29 false",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36":                             "Linux Chrome 143 true",
		"python-requests/2.32.3": " python-requests/ 2 true",
		"LivingRoomTV/1.0":       " LivingRoomTV/ 1 false",
		"":                       "  0 false",
	} {
		system, browser, version, automated := watch.ReadAgent(line)
		if got := fmt.Sprint(system, " ", browser, " ", version, " ", automated); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}
