// Command cmd tries Tributary's function against everything that can go wrong,
// and prints what came of it. It exits with 1 if anything did not converge.
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
	flag.StringVar(&o.ModuleDir, "module", ".", "the directory of Tributary's module")
	flag.Uint64Var(&o.First, "seed", 0, "the first seed; 0 is a random one")
	flag.IntVar(&o.Seeds, "seeds", 0, "how many seeds, one after the other; 0 is as many as -faults takes")
	flag.IntVar(&o.Faults, "faults", 1000, "how many faults are enough")
	flag.IntVar(&o.Parallel, "parallel", 8, "how many lives at once")
	flag.DurationVar(&o.Timeout, "timeout", 3*time.Second, "the function's timeout")
	flag.Parse()
	if o.First == 0 {
		o.First = uint64(rand.Uint32()) //nolint:gosec // any will do
	}
	_, _ = fmt.Fprintf(os.Stdout, "first seed: %d\n", o.First)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	began := time.Now()
	report, err := faults.Run(ctx, o)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "faults:", err)
	}
	_, _ = fmt.Fprintf(os.Stdout, "%s%s\n%s\n", report.Kinds(), time.Since(began).Round(time.Second), report)
	if err != nil {
		return 1
	}
	return 0
}
