// Package config is what a branch is: its services, counters, zones, staff and
// devices, and every number of its rules, read from one YAML file. It refuses a
// file that is wrong in any way, with the line, the column and a hint, and it
// must never start, open or decide anything: what the values mean is for the
// packages that receive them.
//
// The structs carry their own rules in tags, which the decoder and the schema
// both read:
//
//	yaml  the key
//	doc   the sentence of the schema
//	must  "be-there" when the key may not be left out
//	min   the least number, or the least length of a list
//	max   the greatest number, or the greatest length of a list
package config

// Branch is one branch: everything its box has to know about it.
type Branch struct {
	ID        ID         `yaml:"id" must:"be-there" doc:"Names the branch among all branches."`
	Name      Name       `yaml:"name" must:"be-there" doc:"The branch's name as customers see it."`
	TimeZone  TimeZone   `yaml:"timeZone" doc:"The IANA name of the time zone in which the branch's days begin and end."`
	Languages []Language `yaml:"languages" min:"1" max:"2" doc:"The languages offered to customers, the first one first."`

	Services []Service `yaml:"services" must:"be-there" min:"1" max:"100" doc:"What customers come for."`
	Zones    []Zone    `yaml:"zones" must:"be-there" min:"1" max:"50" doc:"Parts of the hall that hear the same announcements."`
	Counters []Counter `yaml:"counters" must:"be-there" min:"1" max:"200" doc:"Where customers are served."`
	Halls    []Hall    `yaml:"halls" max:"100" doc:"Screens that show the calls of a zone."`
	Kiosks   []Kiosk   `yaml:"kiosks" max:"100" doc:"Screens where tickets are taken."`
	Staff    []Staff   `yaml:"staff" max:"500" doc:"Who serves customers and answers pages."`
	Devices  []Device  `yaml:"devices" max:"500" doc:"Things the box drives."`

	Hours               Hours  `yaml:"hours" doc:"When the branch is open: always, or the openings of each weekday; left out: always."`
	TicketsOutsideHours bool   `yaml:"ticketsOutsideHours" doc:"Whether tickets may be taken while the branch is closed."`
	DayEnd              DayEnd `yaml:"dayEnd" doc:"What becomes of those who still wait at the end of the day: close removes them, carry-over keeps them. Whoever is at a counter is served to the end."`

	Needs       []Need             `yaml:"needs" max:"14" doc:"The needs that are offered to customers."`
	CaringNeeds []Need             `yaml:"caringNeeds" max:"14" doc:"The needs that make a visit caring."`
	LookFor     []Need             `yaml:"lookFor" max:"14" doc:"The needs that explain why somebody does not come when called."`
	Requires    map[Need][]Ability `yaml:"requires" max:"14" doc:"Per need, the abilities of which a counter must have at least one."`

	Classes Classes `yaml:"classes" doc:"How long each priority class may wait, and how fast its priority grows."`

	AwayMinutes         Minutes `yaml:"awayMinutes" min:"0.001" max:"240" doc:"How long the place of somebody who is away is kept."`
	GraceMinutes        Minutes `yaml:"graceMinutes" min:"0.001" max:"240" doc:"How long a no-show may still return."`
	LookForGraceMinutes Minutes `yaml:"lookForGraceMinutes" min:"5" max:"240" doc:"The same for somebody with a need of lookFor."`
	RecallSeconds       Seconds `yaml:"recallSeconds" min:"10" max:"600" doc:"The least time between two calls of one visit."`
	RelaxMinutes        Minutes `yaml:"relaxMinutes" min:"0.001" max:"240" doc:"After this long, a visit that no open counter can serve may be called by any."`

	Announcements Announcements `yaml:"announcements" doc:"How long a spoken announcement may take."`
	Pages         Pages         `yaml:"pages" doc:"How staff are called."`
}

// Name is a name in every language that the product speaks.
type Name struct {
	Chinese Label `yaml:"zh-CN" must:"be-there" doc:"In Simplified Chinese."`
	English Label `yaml:"en" must:"be-there" doc:"In English."`
}

// Service is what a customer may come for.
type Service struct {
	ID           ID        `yaml:"id" must:"be-there" doc:"Names the service."`
	Prefix       Prefix    `yaml:"prefix" must:"be-there" doc:"The letters before the ticket's number; no two services share them."`
	Name         Name      `yaml:"name" must:"be-there" doc:"The service's name as customers see it."`
	Minutes      Minutes   `yaml:"minutes" must:"be-there" min:"0.001" max:"480" doc:"The expected duration of one service."`
	NeedsCounter []Ability `yaml:"needsCounter" max:"20" doc:"Abilities that a counter must have, all of them."`
}

// Counter is a service point; its id is also a place.
type Counter struct {
	ID        ID        `yaml:"id" must:"be-there" doc:"Names the counter; no kiosk and no hall has the same id."`
	Name      Name      `yaml:"name" must:"be-there" doc:"The counter's name as customers see and hear it."`
	Zone      ID        `yaml:"zone" must:"be-there" doc:"The zone in which the counter's calls are announced."`
	Abilities []Ability `yaml:"abilities" max:"20" doc:"What the counter can do, beyond what its devices and its staff add."`
	Services  []ID      `yaml:"services" min:"1" max:"100" doc:"What is served here; left out: every service whose needsCounter the counter has."`
}

// Zone is a part of the hall with one mouth.
type Zone struct {
	ID      ID      `yaml:"id" must:"be-there" doc:"Names the zone."`
	Name    Name    `yaml:"name" must:"be-there" doc:"The zone's name as staff see it."`
	Speaker Speaker `yaml:"speaker" must:"be-there" doc:"The one thing that speaks in the zone: either a device or a hall."`
}

// Speaker is a zone's mouth: exactly one of Device and Hall.
type Speaker struct {
	Device ID `yaml:"device" doc:"A device of kind speaker."`
	Hall   ID `yaml:"hall" doc:"A hall of this zone."`
}

// Hall is a screen that shows calls; its id is also a place.
type Hall struct {
	ID   ID `yaml:"id" must:"be-there" doc:"Names the hall screen; no kiosk and no counter has the same id."`
	Zone ID `yaml:"zone" must:"be-there" doc:"The zone whose calls it shows."`
}

// Kiosk is a screen where tickets are taken; its id is also a place.
type Kiosk struct {
	ID   ID   `yaml:"id" must:"be-there" doc:"Names the kiosk; no hall and no counter has the same id."`
	Name Name `yaml:"name" must:"be-there" doc:"Where the kiosk stands, as staff see it."`
	Zone ID   `yaml:"zone" must:"be-there" doc:"The zone in which an alarm from here is heard."`
}

// Staff is somebody who serves customers or answers pages.
type Staff struct {
	ID        ID        `yaml:"id" must:"be-there" doc:"Names the person or the post."`
	Name      Name      `yaml:"name" must:"be-there" doc:"What customers are told: a form of address, never a full name."`
	Level     int       `yaml:"level" must:"be-there" min:"0" max:"3" doc:"The level of a page at which this person is first called; 0 is called first."`
	Abilities []Ability `yaml:"abilities" max:"20" doc:"What this person can do, and adds to the counter where they serve."`
}

// Device is a thing the box drives.
type Device struct {
	ID     ID                `yaml:"id" must:"be-there" doc:"Names the device."`
	Kind   Kind              `yaml:"kind" must:"be-there" doc:"What it is."`
	Driver ID                `yaml:"driver" must:"be-there" doc:"The driver that speaks its protocol."`
	Admin  Admin             `yaml:"admin" doc:"What people want of it: enabled, in maintenance (driven, but nothing is asked of it) or disabled; left out: enabled."`
	Place  ID                `yaml:"place" must:"be-there" doc:"The kiosk, hall or counter where it stands."`
	Gives  []Ability         `yaml:"gives" max:"20" doc:"Abilities that its counter has only while it works."`
	Params map[Param]Setting `yaml:"params" max:"50" doc:"What its driver must know; the driver says which keys it has."`
}

// Classes holds one Class per priority class.
type Classes struct {
	Urgent   Class `yaml:"urgent" doc:"Given by supervisors only."`
	Caring   Class `yaml:"caring" doc:"60 and over, disabled, pregnant, with an infant."`
	Ordinary Class `yaml:"ordinary" doc:"Everybody else."`
}

// Class says how the call rule treats a priority class.
type Class struct {
	TargetMinutes    Minutes `yaml:"targetMinutes" min:"0.001" max:"480" doc:"The promised longest wait."`
	Slope            int     `yaml:"slope" min:"1" max:"1000" doc:"How fast priority grows beside one ordinary minute of waiting."`
	HeadStartMinutes Minutes `yaml:"headStartMinutes" min:"0" max:"480" doc:"Ordinary minutes of waiting that it is given at the start."`
}

// Announcements says how long speaking may take.
type Announcements struct {
	ClipSeconds   Seconds `yaml:"clipSeconds" min:"1" max:"120" doc:"The longest announcement, said twice with a pause."`
	AnswerSeconds Seconds `yaml:"answerSeconds" min:"1" max:"60" doc:"How much longer the speaker may stay silent about it before staff are told."`
}
