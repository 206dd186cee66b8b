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

// Options configures Run.
type Options struct {
	ModuleDir string        // directory of Tributary's Go module
	First     uint64        // the first seed
	Seeds     int           // number of seeds to run; 0 means run until Faults faults are injected
	Faults    int           // number of faults to inject if Seeds is 0
	Parallel  int           // number of scenarios that run at the same time
	Timeout   time.Duration // the Lambda timeout of the function under test
	Out       io.Writer     // receives the log of each scenario that fails a check
}

// Report contains the results of Run.
type Report struct {
	Injected  int // faults that were injected
	Converged int // injected faults after which all checks passed
	Lost      int // records that are in no table any more
	Left      int // objects and ledger entries that should have been removed

	mu     sync.Mutex
	out    io.Writer
	counts map[faultKind]int
}

// FaultCounts returns one line for each kind of fault that was injected: how often,
// and the kind. The lines are sorted by kind.
func (r *Report) FaultCounts() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Fprintf(&b, "%5d  %s\n", r.counts[k], k)
	}
	return b.String()
}

// String returns a one-line summary.
func (r *Report) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf("faults: %d injected, %d converged, %d rows lost, %d left behind", r.Injected, r.Converged, r.Lost, r.Left)
}

// add counts the faults and findings of one step, and reports whether the step
// passed its checks. If it did not, add also writes the findings and log to r.out.
func (r *Report) add(seed uint64, faults []*fault, v findings, log string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	injected := 0
	for _, f := range faults {
		if f.injected() {
			injected++
			r.counts[f.kind]++
		}
	}
	r.Injected += injected
	r.Lost += v.lost
	r.Left += len(v.left)
	if v.ok() {
		r.Converged += injected
		return true
	}
	_, _ = fmt.Fprintf(r.out, "seed %d:\n", seed) // a failed write can't be reported anywhere
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

// Run executes one random scenario per seed. It returns an error if a scenario could
// not run, or if one failed a check. The details of a failed check are in o.Out. The
// report is never nil.
func Run(ctx context.Context, o Options) (*Report, error) {
	report := &Report{out: o.Out, counts: map[faultKind]int{}}
	env, err := newEnvironment(ctx, o.ModuleDir, o.Timeout)
	if err != nil {
		return report, err
	}
	var (
		next      atomic.Uint64
		scenarios sync.WaitGroup
		mu        sync.Mutex
		errs      []error
		failed    = func(err error) {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		}
	)
	for number := range o.Parallel {
		s, err := env.open(ctx, number)
		if err != nil {
			return report, errors.Join(err, env.close())
		}
		if number == 0 {
			if err := s.createReaders(ctx); err != nil {
				return report, errors.Join(err, env.close())
			}
		}
		scenarios.Go(func() {
			defer s.close()
			for ctx.Err() == nil {
				seed := next.Add(1) - 1
				if o.Seeds > 0 && seed >= uint64(o.Seeds) || o.Seeds == 0 && report.injected() >= o.Faults {
					return
				}
				if err := s.runScenario(ctx, o.First+seed, report); err != nil {
					failed(fmt.Errorf("seed %d: %w", o.First+seed, err))
				}
			}
		})
	}
	scenarios.Wait()
	return report, errors.Join(append(errs, ctx.Err(), env.close())...)
}

func (r *Report) injected() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Injected
}
