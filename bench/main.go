// Command bench compares Tributary with the alternatives, with limits, and with older
// builds. Both sides of a comparison run in turn, so that both run on the same machine
// under the same load. Each figure is a median.
//
// It prints one row per figure, separated by tabs: name, figure, unit, the other side,
// ratio, goal, and "ok" or "missed". A column without a value is "-". A missed goal doesn't
// change the exit code.
//
// If a group of measurements fails, the other groups still run. The errors are printed at
// the end, and the exit code is 1.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// row is one figure.
type row struct {
	name     string
	figure   float64
	unit     string
	against  string  // the other side of the comparison; empty if there is none
	ratio    float64 // of figure to the other side's figure; 0 if there is none
	goal     float64 // maximum of ratio
	goalText string  // empty if there is no goal
	least    bool    // whether goal is a minimum instead of a maximum
	ofFigure bool    // whether goal applies to figure instead of ratio
}

// group is a group of measurements.
type group struct {
	name    string // the value of the flag -only
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
	only := flags.String("only", "", "run only this group of measurements")
	runs := flags.Int("runs", 9, "how often each side of a comparison runs")
	before := flags.String("before", "", "path of an older tributary command; group twin compares its twin with the twin of build/tributary")
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
		return fmt.Errorf("-only: unknown group %q; write one of %s", *only, strings.Join(names, ", "))
	}
	if *only != "" {
		groups = slices.DeleteFunc(groups, func(g group) bool { return g.name != *only })
	}
	return runGroups(ctx, groups, *runs, out)
}

// runGroups runs all groups and prints their rows. It joins the errors of the groups that
// fail. When ctx ends, it starts no other group.
func runGroups(ctx context.Context, groups []group, runs int, out io.Writer) error {
	var errs []error
	for _, g := range groups {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		rows, err := g.measure(ctx, runs)
		if err != nil {
			errs = append(errs, fmt.Errorf("group %s failed: %w", g.name, err))
			continue
		}
		for _, r := range rows {
			if _, err := fmt.Fprintln(out, r); err != nil {
				return errors.Join(append(errs, err)...)
			}
		}
	}
	return errors.Join(errs...)
}

// String returns the row as a line of output.
func (r row) String() string {
	ratio, verdict := "-", "-"
	if r.ratio > 0 {
		ratio = fmt.Sprintf("%.3g", r.ratio)
	}
	if r.goalText != "" {
		verdict = "missed"
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

// median returns the median of values, of which there must be at least one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
