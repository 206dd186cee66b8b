package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which lives are lived.
type Options struct {
	ModuleDir string        // where Tributary's module is
	First     uint64        // the first seed
	Seeds     int           // how many; zero means as many as Faults takes
	Faults    int           // how many faults are enough, if Seeds is zero
	Parallel  int           // lives at once
	Timeout   time.Duration // the function's
	Out       io.Writer     // gets what went wrong, and the result
}

// Report is what came of it.
type Report struct {
	Injected, Converged, Lost, Left int

	mu    sync.Mutex
	out   io.Writer
	kinds map[kind]int
}

// Kinds lists the faults that were injected, each with how often, by name.
func (r *Report) Kinds() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(r.kinds)) {
		fmt.Fprintf(&b, "%5d  %s\n", r.kinds[k], k)
	}
	return b.String()
}

// String is the result in a line.
func (r *Report) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf("faults: %d injected, %d converged, %d rows lost, %d left behind", r.Injected, r.Converged, r.Lost, r.Left)
}

// add counts a step, and reports whether all was well.
func (r *Report) add(seed uint64, faults []*fault, v verdict, log string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	injected := 0
	for _, f := range faults {
		if f.injected() {
			injected++
			r.kinds[f.kind]++
		}
	}
	r.Injected += injected
	r.Lost += v.lost
	r.Left += len(v.left)
	if v.good() {
		r.Converged += injected
		return true
	}
	_, _ = fmt.Fprintf(r.out, "seed %d:\n", seed) // nowhere to say that it can't be said
	for _, wrong := range v.wrong {
		_, _ = fmt.Fprintf(r.out, "  %s\n", wrong)
	}
	if v.lost > 0 {
		_, _ = fmt.Fprintf(r.out, "  %d rows lost\n", v.lost)
	}
	for _, left := range v.left {
		_, _ = fmt.Fprintf(r.out, "  left behind: %s\n", left)
	}
	_, _ = io.WriteString(r.out, log)
	return false
}

// Run lives the lives. An error means that it could not, or that a life went
// wrong: what did is in Out.
func Run(ctx context.Context, o Options) (*Report, error) {
	report := &Report{out: o.Out, kinds: map[kind]int{}}
	w, err := newWorld(ctx, o.ModuleDir, o.Timeout)
	if err != nil {
		return report, err
	}
	var (
		next   atomic.Uint64
		lives  sync.WaitGroup
		mu     sync.Mutex
		errs   []error
		failed = func(err error) {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		}
	)
	for number := range o.Parallel {
		s, err := w.open(ctx, number)
		if err != nil {
			return report, errors.Join(err, w.close())
		}
		if number == 0 {
			if err := s.makeReaders(ctx); err != nil {
				return report, errors.Join(err, w.close())
			}
		}
		lives.Go(func() {
			defer s.close()
			for ctx.Err() == nil {
				seed := next.Add(1) - 1
				if o.Seeds > 0 && seed >= uint64(o.Seeds) || o.Seeds == 0 && report.injected() >= o.Faults {
					return
				}
				if err := s.live(ctx, o.First+seed, report); err != nil {
					failed(fmt.Errorf("seed %d: %w", o.First+seed, err))
				}
			}
		})
	}
	lives.Wait()
	return report, errors.Join(append(errs, ctx.Err(), w.close())...)
}

func (r *Report) injected() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Injected
}
