package mailbox

import (
	"latchstring/adapters/services/mailbox/notice"
	"latchstring/core"
)

// onDevice tells what to do on devices themselves; it is a [core.DeviceGuider].
type onDevice struct{ service string }

// Families returns the families of devices that are known.
func (onDevice) Families() []core.DeviceFamily {
	var families []core.DeviceFamily
	for _, f := range notice.Families() {
		families = append(families, core.DeviceFamily{ID: f.ID, Title: f.Title})
	}
	return families
}

// FamilyOf returns the family that a device of a name is of.
func (onDevice) FamilyOf(device string) (family string, ok bool) { return notice.FamilyOf(device) }

// Steps returns what to do on a device of a family.
func (o onDevice) Steps(family string) (core.Guide, bool) { return notice.Steps(family, o.service) }
