package core

// Setting is one choice of a member.
type Setting string

// The settings there are; what values they take is talk's to say.
const (
	ClockSetting     Setting = "clock"     // "24" or "12" hours
	AddressesSetting Setting = "addresses" // "shown" or "hidden"
	DailySetting     Setting = "daily"     // "never" or "morning": a sign of life each day
	ReviewedSetting  Setting = "reviewed"  // the day of their last review of all devices, in the household's zone: "2026-05-12"
	TwoStepSetting   Setting = "two-step"  // of which of their accounts somebody said that it asks for a second step; talk's own
	QuietSetting     Setting = "quiet"     // hours in which only what is urgent is told: "22-7"; "" or "never": none
)
