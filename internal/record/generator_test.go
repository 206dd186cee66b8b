package record_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

func TestEqualSeedsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	text := every()
	first := func(seed uint64) string { return next(t, record.NewGenerator(parsed(t, text), seed)) }
	if diff := cmp.Diff(first(7), first(7)); diff != "" {
		t.Errorf("the same seed: %s", diff)
	}
	if first(7) == first(8) {
		t.Errorf("different seeds: %s twice", first(7))
	}
}

// TestWorkersMakeWhatOneWould shares the records of a template between several
// generators, by blocks that they take in turn.
func TestWorkersMakeWhatOneWould(t *testing.T) {
	t.Parallel()
	const records, block = 1000, 7
	template := parsed(t, every())
	alone := record.NewGenerator(template, 3)
	var want []string
	for range records {
		want = append(want, next(t, alone))
	}
	for _, workers := range []int{2, 5} {
		got := make([]string, records)
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				g := record.NewGenerator(template, 3)
				for from := w * block; from < records; from += workers * block {
					g.Seek(uint64(from))
					for i := from; i < min(from+block, records); i++ {
						got[i] = next(t, g)
					}
				}
			})
		}
		group.Wait()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers: %s", workers, diff)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts everyone's
	g := record.NewGenerator(parsed(t, every()+lab.RecordTemplate), 1)
	buffer, at := make([]byte, 0, 1<<20), noon()
	if got := testing.AllocsPerRun(1000, func() { buffer, _ = g.Append(buffer[:0], at) }); got != 0 {
		t.Errorf("%v allocations a record, want 0", got)
	}
}

func BenchmarkLab(b *testing.B) { benchmark(b, lab.RecordTemplate) }

func benchmark(b *testing.B, text string) {
	g := record.NewGenerator(parsed(b, text), 1)
	var err error
	buffer, at := make([]byte, 0, 1<<20), noon()
	size, records := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		if len(buffer) > 100<<10 {
			size, buffer = size+len(buffer), buffer[:0]
		}
		if buffer, err = g.Append(buffer, at); err != nil {
			b.Fatal(err)
		}
		records++
	}
	b.SetBytes(int64(size / records))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
