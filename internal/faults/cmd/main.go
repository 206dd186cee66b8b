// Command cmd tests Tributary's function by fault injection, and prints the results. It
// exits with status 1 if a scenario failed a check or could not run.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tributary-cdk/tributary/internal/faults"
)

func main() { os.Exit(run()) }

func run() int {
	o := faults.Options{Out: os.Stdout}
	flag.StringVar(&o.ModuleDir, "module", ".", "directory of Tributary's Go module")
	flag.Uint64Var(&o.First, "seed", 0, "first seed; 0 means a random seed")
	flag.IntVar(&o.Seeds, "seeds", 0, "number of consecutive seeds to run; 0 means run until -faults faults are injected")
	flag.IntVar(&o.Faults, "faults", 1000, "number of faults to inject if -seeds is 0")
	flag.IntVar(&o.Parallel, "parallel", 8, "number of scenarios that run at the same time")
	flag.DurationVar(&o.Timeout, "timeout", 3*time.Second, "Lambda timeout of the function under test")
	flag.Parse()
	if o.First == 0 {
		o.First = uint64(rand.Uint32()) //nolint:gosec // the seed need not be secure
	}
	_, _ = fmt.Fprintf(os.Stdout, "first seed: %d\n", o.First)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	began := time.Now()
	report, err := faults.Run(ctx, o)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "faults:", err)
	}
	_, _ = fmt.Fprintf(os.Stdout, "%s%s\n%s\n", report.FaultCounts(), time.Since(began).Round(time.Second), report)
	if err != nil {
		return 1
	}
	return 0
}
