package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
)

func TestPerf(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	for _, n := range []int{1, 64, 512} {
		start := time.Now()
		before := b.Stats()
		var wg sync.WaitGroup
		for w := range n {
			wg.Go(func() {
				for i := 0; time.Since(start) < 2*time.Second; i++ {
					b.Do(context.Background(), request(fmt.Sprintf("id-%d-%d-%d", n, w, i), add{fmt.Sprint(w), 1}))
				}
			})
		}
		wg.Wait()
		s := b.Stats()
		fmt.Printf("%d callers: %.0f/s, %d commits\n", n, float64(s.Events-before.Events)/time.Since(start).Seconds(), s.Commits-before.Commits)
	}
	t0 := time.Now()
	for b.Stats().Seq < 1_000_000 && time.Since(t0) < 45*time.Second {
		var wg sync.WaitGroup
		for w := range 512 {
			wg.Go(func() {
				for i := range 50 {
					b.Do(context.Background(), request(fmt.Sprintf("idx-%d-%d-%d", b.Stats().Seq, w, i), add{fmt.Sprint(w), 1}))
				}
			})
		}
		wg.Wait()
	}
	crashed := crash(t, dir)
	b.close()
	for _, d := range []string{dir, crashed} {
		runtime.GC()
		start := time.Now()
		b = openBox(t, d)
		fmt.Println("open", time.Since(start), b.Stats().Seq)
		sz, _ := b.store.Size()
		seq, data, _ := b.store.LiveSnapshot()
		fmt.Println("size", sz, "snapshot", seq, len(data))
		b.run()
		start = time.Now()
		r, err := b.Verify(context.Background())
		fmt.Println("verify", time.Since(start), len(r.Differences), err)
		b.close()
	}
	_ = branch.Box
	_ = engine.Verify
}
