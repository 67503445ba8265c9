package drive

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"handrail/server/internal/wire"
)

const (
	// doors is from how many source addresses tickets are taken.
	doors = 8
	// stall is how long, beyond the longest service, nothing may move after the
	// last arrival before the drive gives up on those who are still here.
	stall = 30 * time.Second
	// pageOfLog is how many events are asked for at once.
	pageOfLog = 1000
)

// Run plays the day against the running box and returns the report. The error
// says why the day could not be played to its end; what was lost or doubled is
// in the report.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, err
	}
	day, err := LoadDay(o.Recorded, o.Day)
	if err != nil {
		return Report{}, err
	}
	b, err := newBox(o.URL, o.Token)
	if err != nil {
		return Report{}, err
	}
	p := newPlayer(b, o, newPlan(day, o.Speed))
	return p.run(ctx)
}

// player plays one plan.
type player struct {
	*box
	opts  Options
	plan  *plan
	book  *book
	doors []*client
	hall  *hall
	// firstErr is what ended a counter or an arrival before its time.
	mu       sync.Mutex
	firstErr error
	refused  int
	cut      int
}

func newPlayer(b *box, o Options, pl *plan) *player {
	p := &player{box: b, opts: o, plan: pl, book: newBook(pl.arrivals)}
	for n := range doors {
		p.doors = append(p.doors, b.client(b.source(fromDoor, n)))
	}
	return p
}

// run plays the plan, reads the log and compares.
func (p *player) run(ctx context.Context) (Report, error) {
	if err := p.checkBranch(ctx); err != nil {
		return Report{}, err
	}
	from, err := p.now(ctx)
	if err != nil {
		return Report{}, err
	}
	if p.hall, err = openHall(ctx, p.box, p.opts.Clients, zoneID); err != nil {
		return Report{}, err
	}
	defer p.hall.close()

	start, err := p.play(ctx)
	took := time.Since(start)
	if err != nil {
		return Report{}, err
	}
	log, err := p.readLog(ctx, from)
	if err != nil {
		return Report{}, err
	}
	if calls := callsOf(log); len(calls) > 0 {
		p.hall.settle(ctx, calls[len(calls)-1].seq)
	}
	p.hall.close()
	return p.report(log, took), ctx.Err()
}

// checkBranch refuses to play against a box that runs another branch, or in
// which somebody works already.
func (p *player) checkBranch(ctx context.Context) error {
	var branch wire.Branch
	if err := p.doors[0].get(ctx, "/api/v1/branch", &branch); err != nil {
		return fmt.Errorf("asking the box for its branch: %w", err)
	}
	return p.plan.fits(&branch)
}

// now returns the cursor of the box's log before the day begins.
func (p *player) now(ctx context.Context) (string, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := p.live("supervisor", p.source(fromDoor, 0), func(*frame, time.Time) {})
	failed := make(chan error, 1)
	go func() { failed <- l.follow(ctx) }()
	select {
	case <-l.begun:
		stop()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			return "", err
		}
		return l.cursor, nil
	case err := <-failed:
		return "", err
	}
}

// play lives through the day and returns when it began, once everybody has
// left and every counter is closed.
func (p *player) play(ctx context.Context) (start time.Time, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	counters, err := p.staff(ctx)
	if err != nil {
		return time.Now(), err
	}
	start = time.Now()

	var working, arriving, watching sync.WaitGroup
	for _, c := range counters {
		working.Go(func() { p.failed(c.work(ctx, start), stop) })
	}
	watch, unwatch := context.WithCancel(ctx)
	watching.Go(func() { p.bar().run(watch, start) })
	watching.Go(func() { p.cutScreens(watch, start) })

	p.arrive(ctx, start, &arriving, stop)
	err = p.book.drain(ctx, stall+p.plan.longest)
	if p.book.counts().remaining > 0 {
		stop()
	}
	arriving.Wait()
	working.Wait()
	unwatch()
	watching.Wait()
	return start, errors.Join(p.failure(), err)
}

// staff brings every counter to its place: each follows its own topic.
func (p *player) staff(ctx context.Context) ([]*counter, error) {
	var counters []*counter
	for n, s := range p.plan.shifts {
		c := p.counter(n, s, p.book)
		failed := make(chan error, 1)
		go func() { failed <- c.live.follow(ctx) }()
		select {
		case <-c.live.begun:
		case err := <-failed:
			return nil, err
		}
		counters = append(counters, c)
	}
	return counters, nil
}

// failed notes the first error that ended somebody's work, and stops the day.
func (p *player) failed(err error, stop func()) {
	if err == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.firstErr == nil && !errors.Is(err, context.Canceled) {
		p.firstErr = err
	}
	stop()
}

func (p *player) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.firstErr
}

func (p *player) bar() *bar {
	return &bar{w: p.opts.Progress, day: p.opts.Day, speed: p.opts.Speed, begins: p.plan.begins, length: p.plan.length, book: p.book}
}

// cutScreens cuts some of the screens in the middle of the day.
func (p *player) cutScreens(ctx context.Context, start time.Time) {
	if pause(ctx, time.Until(start.Add(p.plan.length/2))) != nil {
		return
	}
	p.cut = p.hall.cutSome(p.plan.length / 50)
}

// arrive lets everybody come at their time, and returns after the last.
func (p *player) arrive(ctx context.Context, start time.Time, arriving *sync.WaitGroup, stop func()) {
	for n, a := range p.plan.arrivals {
		if pause(ctx, time.Until(start.Add(a.at))) != nil {
			return
		}
		arriving.Go(func() { p.failed(p.visit(ctx, p.doors[n%doors], start, a), stop) })
	}
}

// visit takes a ticket and, for somebody who hung up in the record, leaves when
// patience ends, unless called before.
func (p *player) visit(ctx context.Context, door *client, start time.Time, a arrival) error {
	var visit wire.Visit
	_, err := door.post(ctx, "/api/v1/visits", wire.CreateVisit{Service: a.service, Class: a.class, Language: language}, &visit)
	if err != nil {
		return p.turnedAway(a, err)
	}
	s := p.book.arrived(visit.ID, visit.Ticket, a)
	if a.patience == 0 {
		return nil
	}
	leave := time.NewTimer(time.Until(start.Add(a.at + a.patience)))
	defer leave.Stop()
	select {
	case <-s.called:
		p.book.remained()
		return nil
	case <-leave.C:
		return p.hangUp(ctx, door, visit.ID, s)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turnedAway counts somebody whom the box refused a ticket; any other error
// ends the day.
func (p *player) turnedAway(a arrival, err error) error {
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	p.book.turnedAway(a)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused++
	return nil
}

// hangUp cancels a visit. When a counter was quicker, the visit stays.
func (p *player) hangUp(ctx context.Context, door *client, visit string, s *stay) error {
	_, err := door.post(ctx, "/api/v1/visits/"+visit+"/cancel", struct{}{}, nil)
	if refusedWith(err, "wrong-state") {
		p.book.remained()
		return nil
	}
	if err != nil {
		return err
	}
	p.book.ended(s, false)
	return nil
}

// readLog reads the box's log after a cursor to its end.
func (p *player) readLog(ctx context.Context, after string) ([]entry, error) {
	var log []entry
	for {
		query := url.Values{"after": {after}, "limit": {fmt.Sprint(pageOfLog)}}
		var list wire.EventList
		if err := p.doors[0].get(ctx, "/api/v1/events?"+query.Encode(), &list); err != nil {
			return nil, fmt.Errorf("reading the log: %w", err)
		}
		if len(list.Events) == 0 {
			return log, nil
		}
		for _, e := range list.Events {
			read, err := readEntry(e)
			if err != nil {
				return nil, err
			}
			log = append(log, read)
		}
		after = list.Cursor
	}
}

// report makes the report from the log; what only the clients know is added.
func (p *player) report(log []entry, took time.Duration) Report {
	a := auditLog(log, answers{tickets: p.book.tickets(), calls: p.book.calls})
	refusals, unanswered := p.tally.totals()
	recorded := p.plan.recorded
	recorded.Refused = p.refused
	waits := map[string]Spread{}
	for class, sorted := range a.waits() {
		waits[class] = spreadOf(sorted, float64(p.opts.Speed))
	}
	return Report{
		Day: p.opts.Day, Speed: p.opts.Speed, TookSeconds: took.Seconds(),
		Recorded:  recorded,
		Served:    a.ended("visit.finished"),
		Cancelled: a.ended("visit.cancelled"),
		Removed:   a.ended("visit.removed"),
		Stayed:    p.book.stayed, Strangers: p.book.strangers,
		Waits: waits, Rules: a.rules,
		Lost: notNil(a.lost), Doubled: notNil(a.doubled),
		Refusals: refusals, Unanswered: unanswered,
		Screens: screensOf(p.hall.screens, callsOf(log), p.cut),
	}
}

// notNil returns list, never nil: an empty list in JSON.
func notNil(list []string) []string { return append([]string{}, list...) }
