package recipe

import (
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/mileusna/useragent"

	"latchstring/core"
)

// maxAgent bounds what of a user agent is looked at, in bytes.
const maxAgent = 512

// agentName makes a name of a user agent: "Chrome on Windows", "Safari on iPhone", and for one that is not a browser's its
// product: "LivingRoomTV" of "LivingRoomTV/1.0". App is the program alone, and empty where it is the name already.
func agentName(agent string) (name, app string) {
	agent = strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
	ua := useragent.Parse(agent)
	on := ua.OS
	if ua.Device == "iPhone" || ua.Device == "iPad" {
		on = ua.Device
	}
	if product, _, _ := strings.Cut(agent, "/"); on == "" || ua.Name == "" {
		return core.Clean(product), ""
	}
	return core.Clean(ua.Name + " on " + on), core.Clean(ua.Name)
}

// nameless names a device that has no name. The four digits tell it from its like and are not a part of its id.
func nameless(id core.DeviceID) string {
	return fmt.Sprintf("Device %04x", crc32.ChecksumIEEE([]byte(id))&0xffff)
}
