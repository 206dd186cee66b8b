package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Options say what is attacked.
type Options struct {
	// Tributary is the command's path, such as "build/tributary".
	Tributary string
	// Groups are the names of the groups to try. Empty means all.
	Groups []string
	// Out gets a line for each group, and one for each attack that got in.
	Out io.Writer
}

// Report counts what was tried and lists what got in.
type Report struct {
	Tried int
	In    []string
}

// String returns the report's last line.
func (r Report) String() string { return fmt.Sprintf("attack: %d tried, %d in", r.Tried, len(r.In)) }

// group is a kind of attacks.
type group struct {
	name string
	run  func(context.Context, *world, *Report) error
}

// groups are tried in this order.
var groups = []group{
	{"sql", attackSQL},
	{"environment", attackEnvironment},
	{"requests", attackRequests},
	{"web", attackWeb},
	{"hostile", attackHostile},
	{"functions", attackFunctions},
	{"expressions", attackExpressions},
}

// Run starts a twin, attacks it, and ends it. Its error says that an attack could
// not be tried, or that it is none.
func Run(ctx context.Context, o Options) (all Report, err error) {
	for _, name := range o.Groups {
		if !slices.ContainsFunc(groups, func(g group) bool { return g.name == name }) {
			return all, fmt.Errorf("group %q: unknown", name)
		}
	}
	w, err := newWorld(ctx, o.Tributary)
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var errs []error
	for _, g := range groups {
		if len(o.Groups) > 0 && !slices.Contains(o.Groups, g.name) {
			continue
		}
		var r Report
		if err := g.run(ctx, w, &r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", g.name, err))
		}
		_, _ = fmt.Fprintf(o.Out, "%-12s %4d tried, %d in\n", g.name, r.Tried, len(r.In))
		for _, in := range r.In {
			_, _ = fmt.Fprintf(o.Out, "  IN  %s\n", strings.ReplaceAll(in, "\n", " "))
		}
		all.Tried += r.Tried
		all.In = append(all.In, r.In...)
	}
	return all, errors.Join(errs...)
}

// try counts an attack, and notes it if it got in.
func (r *Report) try(in bool, format string, args ...any) {
	r.Tried++
	if in {
		r.In = append(r.In, fmt.Sprintf(format, args...))
	}
}
