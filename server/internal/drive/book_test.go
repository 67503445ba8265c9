package drive

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestACounterLearnsWhomItCalledEvenBeforeTheTicketsAnswer(t *testing.T) {
	b := newBook(make([]arrival, 1))
	s := b.called("v_1", "counter-1")
	go b.arrived("v_1", "A001", arrival{serve: time.Second})
	who, err := b.meet(t.Context(), s)
	if err != nil || who.serve != time.Second {
		t.Errorf("met %+v, %v", who, err)
	}
}

func TestAVisitOfNobodyIsAStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook(make([]arrival, 1))
		if _, err := b.meet(t.Context(), b.called("v_9", "counter-1")); err != errStranger || b.strangers != 1 {
			t.Errorf("%v, %d strangers", err, b.strangers)
		}
	})
}

func TestTheDayIsDrainedWhenEverybodyHasLeftOnce(t *testing.T) {
	b := newBook(make([]arrival, 3))
	one, two := b.arrived("v_1", "A001", arrival{}), b.arrived("v_2", "A002", arrival{})
	b.ended(one, true)
	b.ended(one, false) // counts once
	b.ended(two, false)
	select {
	case <-b.drained:
		t.Fatal("drained while one has not come")
	default:
	}
	b.turnedAway(arrival{})
	if err := b.drain(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if c := b.counts(); c != (counts{taken: 2, served: 1, cancelled: 1}) {
		t.Errorf("%+v", c)
	}
}

func TestADayInWhichNobodyMovesIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook(make([]arrival, 2))
		begin := time.Now()
		go func() {
			time.Sleep(20 * time.Second)
			b.arrived("v_1", "A001", arrival{})
		}()
		if err := b.drain(t.Context(), 30*time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != 50*time.Second {
			t.Errorf("given up after %v, want 30s after the last move at 20s", took)
		}
	})
}

func TestAServiceIsGoneWhenAllWhoComeForItHaveLeft(t *testing.T) {
	b := newBook([]arrival{{service: "cash"}, {service: "loans"}})
	b.ended(b.arrived("v_1", "A001", arrival{service: "cash"}), true)
	select {
	case <-b.gone["cash"]:
	default:
		t.Error("cash is not gone")
	}
	select {
	case <-b.gone["loans"]:
		t.Error("loans is gone although somebody will come for it")
	default:
	}
}
