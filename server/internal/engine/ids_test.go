package engine_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"handrail/server/internal/branch"
)

const commandID = "c0ffee-c0ffee-c0ffee"

func TestARepeatedRequestGetsItsFirstAnswer(t *testing.T) {
	b := startBox(t, t.TempDir())
	first := b.do(commandID, add{"pair", 1})
	again := b.do(commandID, add{"pair", 1})
	if !again.Repeated || first.Repeated || again.Answer != first.Answer || again.Events != nil {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if got := b.total("pair"); got != 1 {
		t.Errorf("total %d", got)
	}
}

func TestAnIDWithAnotherBodyIsRefused(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.do(commandID, add{"a", 1})
	b.refuses(branch.CodeIDReused, request(commandID, add{"a", 2}))
	b.refuses(branch.CodeIDReused, request(commandID, ring{}))
	b.do("another-"+commandID, add{"a", 2})
}

func TestAnIDBelongsToItsIdentity(t *testing.T) {
	b := startBox(t, t.TempDir())
	first := b.do(commandID, add{"a", 1})
	other := branch.Request{ID: commandID, By: kiosk("2"), Command: add{"a", 2}}
	second, err := b.Do(context.Background(), other)
	if err != nil || second.Repeated || second.Answer == first.Answer {
		t.Errorf("another identity gets %+v, %v", second, err)
	}
}

func TestAReactionNeverAnswersForItsRequest(t *testing.T) {
	b := startBox(t, t.TempDir())
	req := branch.Request{ID: commandID, By: branch.Box(), Command: ring{farBell}}
	for repeated := range 2 {
		r, err := b.Do(context.Background(), req)
		if err != nil || r.Repeated != (repeated == 1) || r.Answer != (branch.Answer{}) {
			t.Errorf("answer %+v, %v", r, err)
		}
	}
}

func TestARequestWithoutIDIsDoneEachTime(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.do("", add{"a", 1})
	if b.do("", add{"a", 1}).Repeated {
		t.Error("it was remembered")
	}
}

func TestOnlyRequestsThatDidSomethingAreRemembered(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.refuses(branch.CodeInvalid, request(commandID, add{"a", -1}))
	b.do(commandID, add{"a", 0})
	if b.do(commandID, add{"a", 1}).Repeated {
		t.Error("a refusal or a nothing was remembered")
	}
	b.refuses(branch.CodeIDReused, request(commandID, add{"a", 0}))
}

func TestTwoOfTheSameInOneBatchAreDoneOnce(t *testing.T) {
	g := newGate()
	b := startBox(t, t.TempDir(), withGate(g))
	g.shut.Lock()
	first := sendAll(b, 1, func(int) branch.Request { return request("", add{"b", 1}) })
	<-g.entered
	rest := sendAll(b, 50, func(int) branch.Request { return request(commandID, add{"a", 1}) })
	poll(t, "50 calls wait", func() bool { return b.Stats().Queue == 50 })
	g.shut.Unlock()
	first()
	results, errs := rest()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, r := range results {
		if !r.Repeated {
			fresh++
		}
		if r.Answer != results[0].Answer || r.Answer.Visit == "" {
			t.Errorf("answers %v and %v", r.Answer, results[0].Answer)
		}
	}
	if fresh != 1 || b.total("a") != 1 || b.Stats().Commits != 2 {
		t.Errorf("done %d times, total %d", fresh, b.total("a"))
	}
}

func TestIDsAreKnownAfterARestart(t *testing.T) {
	for name, crashes := range map[string]bool{"from the snapshot": false, "from the log": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := startBox(t, dir)
			first := b.do(commandID, add{"pair", 1})
			if crashes {
				dir = crash(t, dir)
			}
			b.close()
			b = startBox(t, dir)
			again := b.do(commandID, add{"pair", 1})
			if !again.Repeated || again.Answer != first.Answer {
				t.Errorf("first %+v, again %+v", first, again)
			}
			b.refuses(branch.CodeIDReused, request(commandID, add{"pair", 2}))
			if _, err := b.Do(context.Background(), branch.Request{ID: commandID, By: kiosk("2"), Command: add{"a", 2}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnIDIsForgottenAfter48Hours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		b := startBox(t, dir, withClock(newClock()))
		first := b.do(commandID, add{"a", 1})
		sleepOff := func(d time.Duration) {
			b.close()
			time.Sleep(d)
			b = startBox(t, dir, withClock(newClock()))
		}
		sleepOff(48*time.Hour - time.Minute)
		if !b.do(commandID, add{"a", 1}).Repeated {
			t.Error("forgotten too early")
		}
		sleepOff(2 * time.Minute)
		again := b.do(commandID, add{"a", 5})
		if again.Repeated || again.Answer == first.Answer {
			t.Errorf("still known: %+v", again)
		}
		if !b.do(commandID, add{"a", 5}).Repeated {
			t.Error("the new one is not remembered")
		}
		b.close()
	})
}
