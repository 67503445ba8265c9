package main

import "slices"

// picture is one of the page, with what it shows.
type picture struct {
	chapter, name, caption string
	width                  int // on the page
}

const hallChapter = "Hall"

// How wide pictures stand on the page.
const (
	upright = 300
	wide    = 420
	narrow  = 220
)

// pictures lists all, in the order of the page.
func pictures() []picture { return append(forCustomers(), forStaff()...) }

// chapter lists pictures by name and caption.
func chapter(title string, width int, named ...[2]string) []picture {
	var all []picture
	for _, n := range named {
		all = append(all, picture{title, n[0], n[1], width})
	}
	return all
}

func forCustomers() []picture {
	return slices.Concat(
		chapter("Kiosk", upright, [][2]string{
			{"kiosk-welcome", "The first page: take a ticket, show one, or call a person."},
			{"kiosk-needs", "What would help, one touch each; nobody is asked why."},
			{"kiosk-service", "What people come for, with how long it takes just now."},
			{"kiosk-confirm", "What it costs in time, before the ticket is taken."},
			{"kiosk-ticket", "The ticket: its number, the wait, how the person will be called, the code for the phone."},
			{"kiosk-ticket-xl", "The same at the largest size."},
			{"kiosk-my-ticket", "A ticket that was scanned or kept: where it stands, go away for a while, give it back."},
			{"kiosk-call-band", "Help is on the way: a band tells how far it is, and replaces nothing."},
			{"kiosk-help", "The whole story of a call for help."},
			{"kiosk-display", "Colours and large keys, for this person and this visit."},
			{"kiosk-theme-dark", "The dark colours."},
			{"kiosk-theme-yellow", "Yellow on black."},
			{"kiosk-theme-high", "The highest contrast."},
			{"kiosk-theme-low-glare", "Little glare."},
		}...),
		chapter("Kiosks of other sizes", wide, [][2]string{
			{"kiosk-welcome-10", "The first page on 10.1 inches."},
			{"kiosk-service-10", "The services on 10.1 inches."},
			{"kiosk-welcome-27", "The first page on 27 inches."},
		}...),
		chapter(hallChapter, wide, [][2]string{
			{"hall-call", "The call now, who was called before, who waits for what."},
			{"hall-alarm", "Nobody has answered a call for help: it takes the bottom line, and is spoken."},
			{"hall-night", "Nobody is called: the time and a welcome."},
		}...),
		chapter("The customer's own phone", narrow, [2]string{"visit-waiting", "The visit on one's own phone."},
			[2]string{"visit-called", "Called to a counter."}),
		chapter("The door", wide, [2]string{"door", "The list of the screens; on the demo branch a touch signs in."}),
	)
}

func forStaff() []picture {
	return slices.Concat(
		chapter("Counter", wide, [][2]string{
			{"counter-free", "Free: one large button for the next right thing, and who is next, with the reason."},
			{"counter-called", "Called: what helps this person and what to do about it."},
			{"counter-serving", "Serving, with those who were set aside."},
		}...),
		chapter("Pager", narrow, [][2]string{
			{"pager-quiet", "On duty, nobody calls."},
			{"pager-page", "Somebody calls for help: where, what to do, who else knows."},
			{"pager-accepted", "Accepted: how long there is to get there."},
			{"pager-settings", "What this phone can and cannot do for whoever must not miss a call."},
		}...),
		chapter("Supervisor", wide, [][2]string{
			{"supervisor-floor", "The floor: counters and kiosks, who waits longest, calls for help."},
			{"supervisor-visits", "Everybody in the branch."},
			{"supervisor-pages", "Every open call for help with its story."},
			{"supervisor-day", "The day in figures."},
		}...),
		chapter("Branch IT", wide, [][2]string{
			{"it-overview", "What is broken first, then that the rest works."},
			{"it-devices", "Every device, with a test beside it."},
			{"it-paper", "A virtual printer and what it has printed."},
			{"it-config", "The configuration in force."},
			{"it-check", "A configuration that is checked while it is typed."},
			{"it-tokens", "Who may enter."},
			{"it-box", "The box: its figures, a backup, a check of its log."},
		}...),
	)
}
