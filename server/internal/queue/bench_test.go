package queue_test

import (
	"strconv"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// fullHouse is a branch of 20 counters and 7 services in which 500 people wait.
func fullHouse(b *testing.B) *box {
	p := policy()
	var services []branch.ServiceID
	p.Services = nil
	for i := range 7 {
		id := branch.ServiceID("service-" + strconv.Itoa(i))
		services = append(services, id)
		p.Services = append(p.Services, queue.Service{ID: id, Prefix: string(rune('A' + i)), Expected: 5 * time.Minute,
			NeedsCounter: []branch.Ability{"cash"}})
	}
	p.Counters = nil
	for i := range 20 {
		p.Counters = append(p.Counters, queue.CounterSpec{ID: branch.CounterID("counter-" + strconv.Itoa(i)),
			Zone: "main", Abilities: []branch.Ability{"caring", "low", "cash"}, Services: services})
	}
	house := newBox(b, p)
	for _, c := range p.Counters {
		house.open(c.ID)
	}
	for i := range 500 {
		class := branch.Ordinary
		if i%3 == 0 {
			class = branch.Caring
		}
		house.takeFor(services[i%7], class, branch.LargePrint, branch.Wheelchair)
		house.now = house.now.Add(2 * time.Second)
	}
	house.log = nil
	return house
}

func BenchmarkTicketAndCancelWith500Waiting(b *testing.B) {
	house := fullHouse(b)
	cmd := queue.Create{Service: "service-3", Language: branch.Chinese, Needs: []branch.Need{branch.Wheelchair}}
	for b.Loop() {
		created := house.do(kiosk, cmd)[0].(queue.VisitCreated)
		house.do(kiosk, queue.Cancel{Visit: created.Visit})
		house.log = house.log[:0]
	}
}

func BenchmarkCallNextWith500Waiting(b *testing.B) {
	house := fullHouse(b)
	for b.Loop() {
		called := house.callNext("counter-7")
		house.do(supervisor, queue.Transfer{Visit: called.Visit, Service: "service-3", KeepPlace: true})
		house.log = house.log[:0]
	}
}

func BenchmarkModelAfterAChangeWith500Waiting(b *testing.B) {
	house := fullHouse(b)
	id := house.module.Model().Live[250].ID
	for b.Loop() {
		house.do(kiosk, queue.Away{Visit: id})
		house.module.Model()
		house.do(kiosk, queue.Back{Visit: id})
		house.module.Model()
		house.log = house.log[:0]
	}
}

func BenchmarkNextWakeWith500Waiting(b *testing.B) {
	house := fullHouse(b)
	for b.Loop() {
		house.module.NextWake()
	}
}

func BenchmarkPositionsOf500Waiting(b *testing.B) {
	model := fullHouse(b).module.Model()
	for b.Loop() {
		model.Positions()
	}
}

func BenchmarkPositionWith500Waiting(b *testing.B) {
	model := fullHouse(b).module.Model()
	for b.Loop() {
		model.Position(model.Live[250].ID)
	}
}
