package branch

import "slices"

// Language is a BCP 47 tag of a language the branch speaks.
type Language string

// The languages every screen, voice and ticket has.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// Need is something that helps this person. It never names a diagnosis.
type Need string

// The needs a branch may offer.
const (
	LargePrint   Need = "large-print"
	HighContrast Need = "high-contrast"
	ReadAloud    Need = "read-aloud"
	SlowSpeech   Need = "slow-speech"
	Hearing      Need = "hearing"
	Flash        Need = "flash"
	Vibrate      Need = "vibrate"
	Wheelchair   Need = "wheelchair"
	LowCounter   Need = "low-counter"
	SignLanguage Need = "sign-language"
	Escort       Need = "escort"
	Companion    Need = "companion"
	EasyRead     Need = "easy-read"
	Dialect      Need = "dialect"
)

// Needs returns every need in the order in which they are shown.
func Needs() []Need {
	return []Need{LargePrint, HighContrast, ReadAloud, SlowSpeech, Hearing, Flash, Vibrate,
		Wheelchair, LowCounter, SignLanguage, Escort, Companion, EasyRead, Dialect}
}

// Valid reports whether n is one of Needs.
func (n Need) Valid() bool { return slices.Contains(Needs(), n) }

// Class is the priority class of a visit.
type Class string

// The classes, from the least to the most pressing. Only staff give Urgent.
const (
	Ordinary Class = "ordinary"
	Caring   Class = "caring"
	Urgent   Class = "urgent"
)

// Classes returns every class, the most pressing first.
func Classes() []Class { return []Class{Urgent, Caring, Ordinary} }

// Valid reports whether c is one of Classes.
func (c Class) Valid() bool { return slices.Contains(Classes(), c) }

// Ability is something a counter, a device or a member of staff can do for a
// visit, such as "cash", "low", "hearing-loop" or "sign-language".
type Ability string

// The abilities that the branch's own rules name; a configuration may add
// others.
const (
	AbilityCaring       Ability = "caring"
	AbilitySignLanguage Ability = "sign-language"
)

// Role is what an identity may be.
type Role string

// The roles of the contract. RoleBox is the box itself: timers, reactions,
// device drivers; no token has it.
const (
	RoleKiosk      Role = "kiosk"
	RoleHall       Role = "hall"
	RoleCounter    Role = "counter"
	RolePager      Role = "pager"
	RoleSupervisor Role = "supervisor"
	RoleIT         Role = "it"
	RoleVisit      Role = "visit"
	RoleBox        Role = "box"
)

// Roles returns the roles that a client may have, RoleBox left out.
func Roles() []Role {
	return []Role{RoleKiosk, RoleHall, RoleCounter, RolePager, RoleSupervisor, RoleIT, RoleVisit}
}

// Reason says why a page was raised.
type Reason string

// The reasons of a page. The last three are emergencies.
const (
	ReasonHelp         Reason = "help"
	ReasonComeToKiosk  Reason = "come-to-kiosk"
	ReasonWheelchair   Reason = "wheelchair"
	ReasonEscort       Reason = "escort"
	ReasonSignLanguage Reason = "sign-language"
	ReasonReading      Reason = "reading"
	ReasonBrailleGuide Reason = "braille-guide"
	ReasonWater        Reason = "water"
	ReasonDeviceBroken Reason = "device-broken"
	ReasonElastic      Reason = "elastic"
	ReasonGoAndLook    Reason = "go-and-look"
	ReasonScam         Reason = "scam"
	ReasonFall         Reason = "fall"
	ReasonIllness      Reason = "illness"
	ReasonDuress       Reason = "duress"
)

// Reasons returns every reason in the order in which they are shown.
func Reasons() []Reason {
	return []Reason{ReasonHelp, ReasonComeToKiosk, ReasonWheelchair, ReasonEscort, ReasonSignLanguage,
		ReasonReading, ReasonBrailleGuide, ReasonWater, ReasonDeviceBroken, ReasonElastic,
		ReasonGoAndLook, ReasonScam, ReasonFall, ReasonIllness, ReasonDuress}
}

// Valid reports whether r is one of Reasons.
func (r Reason) Valid() bool { return slices.Contains(Reasons(), r) }

// Emergency reports whether r starts at the emergency level and is closed only
// at its source or by a supervisor.
func (r Reason) Emergency() bool {
	return r == ReasonFall || r == ReasonIllness || r == ReasonDuress
}

// Silent reports whether no customer may see or hear anything of a page for r.
func (r Reason) Silent() bool { return r == ReasonDuress }
