// Command bench measures Tributary against what people would use instead. Each
// pair is run interleaved, so that both sides meet the same machine, and each
// figure is the median. It prints a row a figure, tab-separated: name, figure,
// unit, what it is compared with, ratio, goal, and ok or short.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// row is one figure. Without a goalText it has no goal.
type row struct {
	name     string
	figure   float64
	unit     string
	against  string
	ratio    float64 // figure over the other side's; 0: compared with nothing
	goal     float64 // the most that ratio may be, or the least
	goalText string
	least    bool // goal is the least
	ofFigure bool // goal is figure's, not ratio's
}

// group is a group of measurements, by the name that -only takes.
type group struct {
	name    string
	measure func(ctx context.Context, runs int) ([]row, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "", "run this group of measurements only")
	runs := flags.Int("runs", 9, "how often each side of a pair is run")
	before := flags.String("before", "", "an older tributary command, with whose twin group twin compares that of build/tributary")
	if err := flags.Parse(args); err != nil {
		return err
	}
	groups := []group{{"stack", stack}, {"page", page}, {"records", records}} // in the order in which they run
	if *before != "" || *only == "twin" {
		groups = append(groups, group{"twin", twins("build/tributary", *before)})
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.name)
	}
	if *only != "" && !slices.Contains(names, *only) {
		return fmt.Errorf("-only: %q is not a group; write one of %s", *only, strings.Join(names, ", "))
	}
	for _, g := range groups {
		if *only != "" && g.name != *only {
			continue
		}
		rows, err := g.measure(ctx, *runs)
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		for _, r := range rows {
			if _, err := fmt.Fprintln(out, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// String returns the row as it is printed.
func (r row) String() string {
	ratio, verdict := "-", "-"
	if r.ratio > 0 {
		ratio = fmt.Sprintf("%.3g", r.ratio)
	}
	if r.goalText != "" {
		verdict = "short"
		if r.met() {
			verdict = "ok"
		}
	}
	return strings.Join([]string{r.name, fmt.Sprintf("%.4g", r.figure), r.unit, cmp.Or(r.against, "-"), ratio, cmp.Or(r.goalText, "-"), verdict}, "\t")
}

func (r row) met() bool {
	value := r.ratio
	if r.ofFigure {
		value = r.figure
	}
	if r.least {
		return value >= r.goal
	}
	return value <= r.goal
}

// median returns the middle of values, which are at least one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
