package coretest

import (
	"strings"
	"time"

	"latchstring/core"
)

type guider Service

func (g *guider) Guide(a core.Ability, d *core.Device) (core.Guide, bool) {
	switch a {
	case core.CanSignOut:
		name := "the device"
		if d != nil {
			name = d.Name
		}
		return core.Guide{
			Steps: []core.Phrase{core.Say("Open Manage devices."), core.Say("Find \"{device}\".", name), core.Say("Press Sign Out.")},
			Link:  "https://www.netflix.com/ManageAccountAccess", Open: "Open Manage devices", Within: 8 * time.Hour,
		}, true
	case core.CanReset:
		return core.Guide{Steps: []core.Phrase{core.Say("Open the page and enter your address.")}, Link: "https://www.netflix.com/LoginHelp", Open: "Open the page"}, true
	case core.TwoStep:
		return core.Guide{Steps: []core.Phrase{core.Say("Open Security and turn it on.")}, Link: "https://www.netflix.com/account/security", Open: "Open Security"}, true
	default:
		return core.Guide{}, false
	}
}

// Families are two sorts of devices.
func (g *guider) Families() []core.DeviceFamily {
	return []core.DeviceFamily{{ID: "samsung-tv", Title: "Samsung TV"}, {ID: "phone", Title: "Phone or tablet"}}
}

// FamilyOf knows what is called a TV.
func (g *guider) FamilyOf(device string) (string, bool) {
	return "samsung-tv", strings.HasSuffix(strings.ToLower(device), "tv")
}

// Steps are some for each family.
func (g *guider) Steps(family string) (core.Guide, bool) {
	return core.Guide{Steps: []core.Phrase{
		core.Say("Open {service} on it.", g.Title), core.Say("Choose Get Help, then Sign Out."),
	}}, family == "samsung-tv" || family == "phone"
}
