package config

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // a box may come without a time zone database
)

// checker finds what no single value shows: names used twice, and references
// to what is not there.
type checker struct {
	*decoder
	b *Branch

	services, zones, halls, kiosks, counters, staff, devices []named
}

// named is something with an id, and where its id stands.
type named struct {
	id   ID
	path string
}

func check(b *Branch, d *decoder) {
	c := &checker{
		decoder:  d,
		b:        b,
		services: names("services", b.Services, func(s Service) ID { return s.ID }),
		zones:    names("zones", b.Zones, func(z Zone) ID { return z.ID }),
		halls:    names("halls", b.Halls, func(h Hall) ID { return h.ID }),
		kiosks:   names("kiosks", b.Kiosks, func(k Kiosk) ID { return k.ID }),
		counters: names("counters", b.Counters, func(c Counter) ID { return c.ID }),
		staff:    names("staff", b.Staff, func(s Staff) ID { return s.ID }),
		devices:  names("devices", b.Devices, func(d Device) ID { return d.ID }),
	}
	c.checkNames()
	c.checkTimeZone()
	c.checkServices()
	c.checkStaff()
	c.checkZones()
	c.checkPlaces()
	c.checkDevices()
	c.checkRequires()
	c.checkHours()
	c.checkPages()
}

func names[T any](list string, items []T, id func(T) ID) []named {
	found := make([]named, len(items))
	for i, item := range items {
		found[i] = named{id: id(item), path: fmt.Sprintf("%s[%d].id", list, i)}
	}
	return found
}

// allPlaces returns everything that is a place: their ids share one space.
func (c *checker) allPlaces() []named { return slices.Concat(c.kiosks, c.halls, c.counters) }

func (c *checker) checkNames() {
	c.unique(c.services)
	c.unique(c.zones)
	c.unique(c.allPlaces())
	c.unique(c.staff)
	c.unique(c.devices)
}

// unique reports ids that occur a second time in the file.
func (c *checker) unique(list []named) {
	slices.SortStableFunc(list, func(a, b named) int { return c.placeOf(a.path).compare(c.placeOf(b.path)) })
	first := map[ID]string{}
	for _, n := range list {
		if earlier, twice := first[n.id]; twice && n.id != "" {
			c.problem(n.path, quote(string(n.id))+" is already the id of another", firstAt(c.placeOf(earlier)))
			continue
		}
		first[n.id] = n.path
	}
}

// refer reports an id at path that is none of those in list. It keeps quiet
// about an empty list and an id left out: both have been reported as such.
func (c *checker) refer(path, what string, id ID, list []named) {
	if id == "" || len(list) == 0 || slices.ContainsFunc(list, func(n named) bool { return n.id == id }) {
		return
	}
	var ids []string
	for _, n := range list {
		if n.id != "" {
			ids = append(ids, string(n.id))
		}
	}
	c.problem(path, fmt.Sprintf("there is no %s %s", what, quote(string(id))), suggest(string(id), distinct(ids)))
}

func (c *checker) checkTimeZone() {
	name := string(c.b.TimeZone)
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		c.problem("timeZone", "there is no time zone "+quote(name), "the zone of all of China is Asia/Shanghai")
	}
}

// checkServices reports prefixes used twice and services that no counter has.
func (c *checker) checkServices() {
	first := map[Prefix]string{}
	for i, s := range c.b.Services {
		path := fmt.Sprintf("services[%d]", i)
		if earlier, twice := first[s.Prefix]; twice && s.Prefix != "" {
			c.problem(path+".prefix", quote(string(s.Prefix))+" is already the prefix of another", firstAt(c.placeOf(earlier)))
		} else {
			first[s.Prefix] = path + ".prefix"
		}
		served := slices.ContainsFunc(c.b.Counters, func(k Counter) bool { return slices.Contains(k.Services, s.ID) })
		if len(c.b.Counters) > 0 && s.ID != "" && !served {
			c.problem(path, "no counter serves "+quote(string(s.ID)), "add it to a counter's services, or give a counter what needsCounter asks for")
		}
	}
}

// supervisor is how the box writes down that a supervisor answered a page: no
// member of staff may be taken for one.
const supervisor ID = "supervisor"

func (c *checker) checkStaff() {
	for _, n := range c.staff {
		if n.id == supervisor {
			c.problem(n.path, quote(string(n.id))+" stands for whoever signs in as supervisor", "name the person or the post")
		}
	}
}

// checkZones reports a zone that has not exactly one mouth in it.
func (c *checker) checkZones() {
	for i, z := range c.b.Zones {
		path := fmt.Sprintf("zones[%d].speaker", i)
		if (z.Speaker.Device == "") == (z.Speaker.Hall == "") {
			c.problem(path, "must have exactly one of device and hall", "two mouths in one zone talk over each other")
			continue
		}
		c.refer(path+".hall", "hall", z.Speaker.Hall, c.halls)
		c.refer(path+".device", "device", z.Speaker.Device, c.devices)
		c.checkMouth(path, z)
	}
}

// checkMouth reports a mouth that cannot speak, or speaks elsewhere.
func (c *checker) checkMouth(path string, z Zone) {
	place := z.Speaker.Hall
	for _, d := range c.b.Devices {
		if d.ID != z.Speaker.Device {
			continue
		}
		place = d.Place
		if d.Kind != "speaker" {
			c.problem(path+".device", fmt.Sprintf("%s is a %s, not a speaker", quote(string(d.ID)), d.Kind), "")
		}
	}
	zone := c.b.ZoneOf(place)
	known := slices.ContainsFunc(c.zones, func(n named) bool { return n.id == zone })
	if known && zone != z.ID {
		c.problem(path, fmt.Sprintf("stands in the zone %s", quote(string(zone))), "a zone is spoken to from within")
	}
}

// checkPlaces reports places in zones that are not there, and counters that
// are to serve what they cannot.
func (c *checker) checkPlaces() {
	for i, h := range c.b.Halls {
		c.refer(fmt.Sprintf("halls[%d].zone", i), "zone", h.Zone, c.zones)
	}
	for i, k := range c.b.Kiosks {
		c.refer(fmt.Sprintf("kiosks[%d].zone", i), "zone", k.Zone, c.zones)
	}
	for i, k := range c.b.Counters {
		c.refer(fmt.Sprintf("counters[%d].zone", i), "zone", k.Zone, c.zones)
		for j, id := range k.Services {
			path := fmt.Sprintf("counters[%d].services[%d]", i, j)
			c.refer(path, "service", id, c.services)
			c.checkServed(path, k, id)
		}
	}
}

// checkServed reports a service that needs what the counter never has.
func (c *checker) checkServed(path string, k Counter, id ID) {
	for _, s := range c.b.Services {
		if s.ID == id && !c.b.mayServe(k, s) {
			c.problem(path, fmt.Sprintf("%s needs %v, which %s does not have", quote(string(id)), s.NeedsCounter, k.ID), "add it to the counter's abilities")
		}
	}
}

func (c *checker) checkDevices() {
	for i, d := range c.b.Devices {
		path := fmt.Sprintf("devices[%d]", i)
		c.refer(path+".place", "kiosk, hall or counter", d.Place, c.allPlaces())
		atCounter := slices.ContainsFunc(c.counters, func(n named) bool { return n.id == d.Place })
		if len(d.Gives) > 0 && !atCounter {
			c.problem(path+".gives", "only a device at a counter gives abilities", "")
		}
	}
}

// checkRequires reports abilities that nobody and nothing in the branch has,
// beyond those that the product itself names.
func (c *checker) checkRequires() {
	known := abilities()
	for _, k := range c.b.Counters {
		known = append(known, c.b.mayHave(k)...)
	}
	for need, list := range c.b.Requires {
		path := "requires." + string(need)
		if len(list) == 0 {
			c.problem(path, "lists no ability", "leave the need out when any counter can serve it")
		}
		for i, a := range list {
			if !slices.Contains(known, a) {
				c.problem(fmt.Sprintf("%s[%d]", path, i), "nothing here has the ability "+quote(string(a)), suggest(string(a), texts(distinct(known))))
			}
		}
	}
}

// checkHours reports openings that end before they begin or overlap.
func (c *checker) checkHours() {
	for day := range time.Saturday + 1 {
		end := 0
		for i, o := range c.b.Hours.On(day) {
			from, to := o.Minutes()
			path := fmt.Sprintf("hours.%s[%d]", weekdayKey(day), i)
			switch {
			case !o.rule().allows(string(o)):
			case from >= to:
				c.problem(path, "ends before it begins", "an opening does not reach into the next day")
			case from < end:
				c.problem(path, "begins before the one above ends", "")
			}
			end = max(end, to)
		}
	}
}

// checkPages reports plans that begin above their last level, and staff whom no
// page would ever reach.
func (c *checker) checkPages() {
	for _, r := range c.b.Pages.Reasons {
		if plan := c.b.Pages.For(r); *plan.Start >= len(plan.Levels) {
			message := fmt.Sprintf("a page for %s starts at level %d of %d", r, *plan.Start, len(plan.Levels))
			c.problem("pages.byReason."+string(r), message, "the first level is 0")
		}
	}
	levels := len(c.b.Pages.Plan.over(defaultPlan()).Levels)
	for i, s := range c.b.Staff {
		if s.Level >= levels {
			c.problem(fmt.Sprintf("staff[%d].level", i), fmt.Sprintf("pages have only %d levels; the first is 0", levels), "")
		}
	}
}
