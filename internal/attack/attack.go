package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Options configures Run.
type Options struct {
	// Tributary is the path of the tributary command, such as "build/tributary".
	Tributary string
	// Groups are the names of the groups of attacks to try. Empty means all groups.
	Groups []string
	// Out receives a line for each group, and a line for each attack that succeeded.
	Out io.Writer
}

// Report contains the results of Run.
type Report struct {
	Tried     int      // number of attacks tried
	Succeeded []string // descriptions of the attacks that succeeded
}

// String returns a one-line summary.
func (r Report) String() string {
	return fmt.Sprintf("attack: %d tried, %d succeeded", r.Tried, len(r.Succeeded))
}

// group is a group of attacks of one kind.
type group struct {
	name string
	run  func(context.Context, *attackedTwin, *Report) error
}

// groups lists all groups, in the order in which Run tries them.
var groups = []group{
	{"sql", attackSQL},
	{"environment", attackEnvironment},
	{"requests", attackRequests},
	{"web", attackWeb},
	{"hostile", attackHostile},
	{"functions", attackFunctions},
	{"expressions", attackExpressions},
}

// Run starts a twin, attacks it and stops it. It returns an error if an attack could not
// be tried, or if a statement turned out not to be an attack. Attacks that succeed are
// in the report, and are no errors.
func Run(ctx context.Context, o Options) (all Report, err error) {
	for _, name := range o.Groups {
		if !slices.ContainsFunc(groups, func(g group) bool { return g.name == name }) {
			return all, fmt.Errorf("unknown group %q of attacks", name)
		}
	}
	tw, err := startTwin(ctx, o.Tributary)
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, tw.close()) }()
	var errs []error
	for _, g := range groups {
		if len(o.Groups) > 0 && !slices.Contains(o.Groups, g.name) {
			continue
		}
		var r Report
		if err := g.run(ctx, tw, &r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", g.name, err))
		}
		_, _ = fmt.Fprintf(o.Out, "%-12s %4d tried, %d succeeded\n", g.name, r.Tried, len(r.Succeeded))
		for _, description := range r.Succeeded {
			_, _ = fmt.Fprintf(o.Out, "  SUCCEEDED  %s\n", strings.ReplaceAll(description, "\n", " "))
		}
		all.Tried += r.Tried
		all.Succeeded = append(all.Succeeded, r.Succeeded...)
	}
	return all, errors.Join(errs...)
}

// add counts an attack. If succeeded is true, it adds the description to the report.
func (r *Report) add(succeeded bool, format string, args ...any) {
	r.Tried++
	if succeeded {
		r.Succeeded = append(r.Succeeded, fmt.Sprintf(format, args...))
	}
}
