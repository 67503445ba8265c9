package config

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// These are the scalar types of a configuration; each knows its own rule.
type (
	// ID is a short word that names something, such as "cash" or "counter-1".
	ID string
	// Ability is something a counter, a device or a member of staff can do.
	Ability string
	// Prefix is the letters of a ticket, one or two capitals.
	Prefix string
	// Label is a line of text that people read, at most 40 characters, without
	// control and direction characters.
	Label string
	// TimeZone is an IANA name such as "Asia/Shanghai".
	TimeZone string
	// Param names a driver's parameter, such as "address".
	Param string
	// Setting is the value of a Param; a number or a boolean is taken as it is
	// written.
	Setting string

	// Language is one of Languages.
	Language string
	// Need is one of Needs.
	Need string
	// Reason is one of Reasons.
	Reason string
	// Kind is what a device is.
	Kind string
	// Admin is what people want of a device.
	Admin string
	// DayEnd says what happens to those who wait when the day closes.
	DayEnd string

	// Minutes is a duration; fractions are rounded to the millisecond.
	Minutes float64
	// Seconds is a duration; fractions are rounded to the millisecond.
	Seconds float64
)

// The two values of DayEnd.
const (
	Close     DayEnd = "close"
	CarryOver DayEnd = "carry-over"
)

// The values of Admin.
const (
	Enabled     Admin = "enabled"
	Maintenance Admin = "maintenance"
	Disabled    Admin = "disabled"
)

// silentReason is the reason of which no customer may see or hear anything.
const silentReason Reason = "duress"

// Languages returns every language the product speaks.
func Languages() []Language { return []Language{"zh-CN", "en"} }

// Needs returns every need that the product knows, in the order in which they
// are shown.
func Needs() []Need {
	return []Need{"large-print", "high-contrast", "read-aloud", "slow-speech", "hearing", "flash", "vibrate",
		"wheelchair", "low-counter", "sign-language", "escort", "companion", "easy-read", "dialect"}
}

// Reasons returns every reason for which staff can be called.
func Reasons() []Reason {
	return []Reason{"help", "come-to-kiosk", "wheelchair", "escort", "sign-language", "reading", "braille-guide",
		"water", "device-broken", "elastic", "go-and-look", "scam", "fall", "illness", "duress"}
}

// Kinds returns every kind of device.
func Kinds() []Kind {
	return []Kind{"printer", "speaker", "lamp", "pager", "loop", "focuser", "display", "keypad", "braille",
		"button", "sensor"}
}

// abilities returns the abilities that the product itself names.
func abilities() []Ability {
	return []Ability{"cash", "caring", "low", "hearing-loop", "sound-focuser", "sign-language"}
}

// Duration returns m, rounded to the millisecond.
func (m Minutes) Duration() time.Duration { return milliseconds(float64(m) * 60_000) }

// Duration returns s, rounded to the millisecond.
func (s Seconds) Duration() time.Duration { return milliseconds(float64(s) * 1000) }

func milliseconds(n float64) time.Duration {
	return time.Duration(math.Round(n)) * time.Millisecond
}

// rule is what the text of a scalar may be: one of words, or whatever matches
// pattern.
type rule struct {
	// what completes "must be …".
	what    string
	words   []string
	pattern string
	// any takes numbers and booleans as they are written.
	any bool
}

// ruled is a scalar type with a rule of its own.
type ruled interface{ rule() rule }

const (
	wordPattern = `^[a-z][a-z0-9-]{0,39}$`
	linePattern = `^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,40}$`
)

func (ID) rule() rule {
	return rule{what: "1 to 40 small letters, digits and hyphens such as counter-1, a letter first", pattern: wordPattern}
}

func (Ability) rule() rule {
	return rule{what: "1 to 40 small letters, digits and hyphens such as hearing-loop, a letter first", pattern: wordPattern}
}

func (Prefix) rule() rule {
	return rule{what: "one or two capital letters", pattern: `^[A-Z]{1,2}$`}
}

func (Label) rule() rule {
	return rule{what: "1 to 40 characters without control or direction characters", pattern: linePattern}
}

func (TimeZone) rule() rule {
	return rule{what: "the IANA name of a time zone, such as Asia/Shanghai", pattern: `^[A-Za-z0-9_+/-]{1,64}$`}
}

func (Param) rule() rule {
	return rule{what: "the name of a parameter, such as address", pattern: `^[a-z][A-Za-z0-9]{0,39}$`}
}

func (Setting) rule() rule {
	return rule{
		what:    "0 to 200 characters without control or direction characters",
		pattern: `^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,200}$`,
		any:     true,
	}
}

func (Language) rule() rule { return oneOf("a language", Languages()) }
func (Need) rule() rule     { return oneOf("a need", Needs()) }
func (Reason) rule() rule   { return oneOf("a reason", Reasons()) }
func (Kind) rule() rule     { return oneOf("a kind of device", Kinds()) }
func (Admin) rule() rule {
	return oneOf("a state of a device", []Admin{Enabled, Maintenance, Disabled})
}
func (DayEnd) rule() rule { return oneOf("an end of the day", []DayEnd{Close, CarryOver}) }

func oneOf[T ~string](what string, values []T) rule { return rule{what: what, words: texts(values)} }

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// allows reports whether text obeys r.
func (r rule) allows(text string) bool {
	if r.words != nil {
		return slices.Contains(r.words, text)
	}
	return regexp.MustCompile(r.pattern).MatchString(text)
}

// Hours are the opening hours of each weekday. The zero Hours, written
// "always", means that the branch never closes.
type Hours struct {
	Monday    []Opening `yaml:"monday" min:"1" max:"4" doc:"Openings on Monday; left out: closed."`
	Tuesday   []Opening `yaml:"tuesday" min:"1" max:"4" doc:"Openings on Tuesday; left out: closed."`
	Wednesday []Opening `yaml:"wednesday" min:"1" max:"4" doc:"Openings on Wednesday; left out: closed."`
	Thursday  []Opening `yaml:"thursday" min:"1" max:"4" doc:"Openings on Thursday; left out: closed."`
	Friday    []Opening `yaml:"friday" min:"1" max:"4" doc:"Openings on Friday; left out: closed."`
	Saturday  []Opening `yaml:"saturday" min:"1" max:"4" doc:"Openings on Saturday; left out: closed."`
	Sunday    []Opening `yaml:"sunday" min:"1" max:"4" doc:"Openings on Sunday; left out: closed."`
}

// always is how the zero Hours is written.
const always = "always"

// On returns the openings of day, in order.
func (h Hours) On(day time.Weekday) []Opening {
	return [...][]Opening{h.Sunday, h.Monday, h.Tuesday, h.Wednesday, h.Thursday, h.Friday, h.Saturday}[day]
}

// Always reports whether the branch never closes.
func (h Hours) Always() bool {
	for day := range time.Saturday + 1 {
		if len(h.On(day)) > 0 {
			return false
		}
	}
	return true
}

// Opening is a time of one day, written "09:00-17:00".
type Opening string

func (Opening) rule() rule {
	return rule{
		what:    "a time of the day such as 09:00-17:00, at the latest until 24:00",
		pattern: `^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`,
	}
}

// Minutes returns the beginning and the end in minutes after midnight; to is
// exclusive and at most 1440. Both are zero for a text that is no opening.
func (o Opening) Minutes() (from, to int) {
	if !o.rule().allows(string(o)) {
		return 0, 0
	}
	begin, end, _ := strings.Cut(string(o), "-")
	return minuteOf(begin), minuteOf(end)
}

// minuteOf reads "17:30", which the caller has checked.
func minuteOf(clock string) int {
	hour, minute, _ := strings.Cut(clock, ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return h*60 + m
}

// word returns how the zero Hours is written.
func (Hours) word() string { return always }
