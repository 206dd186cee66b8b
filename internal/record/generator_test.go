package record_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

func TestSeeds(t *testing.T) {
	t.Parallel()
	text := everyFunction()
	first := func(seed uint64) string { return next(t, record.NewGenerator(parsed(t, text), seed)) }
	if diff := cmp.Diff(first(7), first(7)); diff != "" {
		t.Errorf("records of the same seed (-first +second):\n%s", diff)
	}
	if first(7) == first(8) {
		t.Errorf("records of different seeds: want different ones, got twice %s", first(7))
	}
}

// TestSeveralGenerators tests that several generators, which render alternating blocks of the
// records, together render the same records as one generator.
func TestSeveralGenerators(t *testing.T) {
	t.Parallel()
	const records, block = 1000, 7
	template := parsed(t, everyFunction())
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
			t.Errorf("records of %d generators (-want +got):\n%s", workers, diff)
		}
	}
}

func TestAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts the allocations of all goroutines
	g := record.NewGenerator(parsed(t, everyFunction()+lab.RecordTemplate), 1)
	buffer, at := make([]byte, 0, 1<<20), noon()
	if got := testing.AllocsPerRun(1000, func() { buffer, _ = g.Append(buffer[:0], at) }); got != 0 {
		t.Errorf("allocations per record: want 0, got %v", got)
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
