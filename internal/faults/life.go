package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// life is what happens to one view, schema or attachment.
type life struct {
	*site
	what
	seed   uint64
	random *rand.Rand
	base   string    // begins the names of all that is the view's
	names  [2]string // that the view can have
	stream *stream
	view   *resource
	put    []string        // sequence numbers that must be found
	byHand map[string]bool // relations that somebody made
	others map[string]bool // roles that somebody attached
	faults []*fault        // of the present step
	report *Report
}

// live lives a life: some steps, each with its faults, and a check after each.
func (s *site) live(ctx context.Context, seed uint64, report *Report) error {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // seeded on purpose
	base := fmt.Sprintf("v%d", seed)
	l := &life{
		site: s, what: kinds[random.IntN(len(kinds))], seed: seed, random: random, base: base, names: [2]string{base + "_a", base + "_b"},
		byHand: map[string]bool{}, others: map[string]bool{}, report: report,
	}
	s.here = s.places[random.IntN(len(s.places))]
	s.unlisted = random.IntN(3) == 0
	var err error
	if l.stream, err = s.streams.create("stream-" + base); err != nil {
		return err
	}
	defer s.streams.drop(l.stream.name)
	l.view = &resource{site: s, random: random, stack: "S" + base, logicalID: "View"}
	l.view.again = func() *fault { return l.maybe(4, 24) }
	if err := l.prepare(ctx); err != nil {
		return err
	}
	if err := l.begin(ctx); err != nil {
		return err
	}
	steps := changes[l.what]
	for range 4 {
		if err := l.step(ctx, steps[random.IntN(len(steps))]); err != nil {
			return err
		}
	}
	if err := l.step(ctx, endings[random.IntN(len(endings))]); err != nil {
		return err
	}
	return l.bury(ctx)
}

// kinds are the kinds of lives, the more frequent ones more than once.
var kinds = []what{
	streamingView, streamingView, streamingView, streamingView, streamingView, streamingView,
	plainView, plainView, externalSchema, ordinarySchema, attachment, attachment,
}

// prepare makes what the object stands on.
func (l *life) prepare(ctx context.Context) error {
	if err := l.produce(); err != nil || l.what != plainView {
		return err
	}
	landing := ddl.Landing("landing_" + l.base)
	landing.Stream = ddl.Stream{Schema: "evdata", Name: l.stream.name}
	view, problems := definition.NewView(landing)
	if len(problems) > 0 {
		return problems
	}
	var err error
	for _, s := range view.Create() {
		err = errors.Join(err, l.exec(ctx, s.SQL))
	}
	return err
}

// begin makes the view: with faults first, and in the end without.
func (l *life) begin(ctx context.Context) error {
	for attempt := 0; l.view.physicalID == ""; attempt++ {
		births := l.births()
		made := births[l.random.IntN(len(births))]
		if attempt > 2 {
			made = (*life).createSafely
		}
		if err := l.step(ctx, made); err != nil {
			return err
		}
	}
	return nil
}

// step does one thing to the view, waits until all is quiet, and checks.
func (l *life) step(ctx context.Context, do func(*life, context.Context) error) error {
	late := l.view.late
	l.view.late, l.faults, l.view.sent, l.view.reasons = nil, nil, nil, nil
	if l.view.physicalID != "" && l.what == streamingView {
		if err := l.age(ctx); err != nil {
			return err
		}
	}
	if err := l.produce(); err != nil {
		return err
	}
	l.denials.Store(0)
	doErr := do(l, ctx)
	l.view.settle(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l.view.deliverAgain(ctx, late)
	found, err := l.check(ctx)
	if err != nil {
		return err
	}
	if doErr != nil {
		found.add("%v", doErr)
	}
	if l.denials.Load() > 0 {
		l.faults = append(l.faults, &fault{kind: "ListStatements is denied", fired: true})
	}
	for _, f := range l.faults {
		if f.kind == deliverLate { // at the end of the next step
			f.fire()
		}
	}
	if l.report.add(l.seed, l.faults, found, l.view.text()) {
		return nil
	}
	return errBroken
}

// errBroken ends a life whose view is not what it should be.
var errBroken = errors.New("the life is broken")

// age makes what is in the stream be in the view alone.
func (l *life) age(ctx context.Context) error {
	if err := l.exec(ctx, "REFRESH MATERIALIZED VIEW public."+l.view.now.name); err != nil {
		return err
	}
	if l.random.IntN(3) > 0 {
		l.stream.expire()
	}
	return nil
}

func (l *life) produce() error {
	numbers, err := l.stream.put(4)
	l.put = append(l.put, numbers...)
	return err
}

// fault returns a random one for a request of about so many statements.
func (l *life) fault(statements int) *fault {
	return l.of(anywhere[l.random.IntN(len(anywhere))], statements)
}

// of returns a fault of a kind. A workgroup is never paused.
func (l *life) of(k kind, statements int) *fault {
	if k == paused && l.here.workgroup != "" {
		k = modifying
	}
	f := newFault(k, l.random.IntN(statements))
	l.faults = append(l.faults, f)
	return f
}

// maybe returns a fault once in so many times. A request that follows another
// is never overtaken.
func (l *life) maybe(times, statements int) *fault {
	if l.random.IntN(times) > 0 {
		return newFault(none, 0)
	}
	return l.unhurried(statements)
}

// unhurried returns a fault for a request that no other overtakes.
func (l *life) unhurried(statements int) *fault {
	k := anywhere[l.random.IntN(len(anywhere))]
	if k == overtaken {
		k = killAfter
	}
	return l.of(k, statements)
}

// bury removes what the life leaves on purpose, and what somebody made.
func (l *life) bury(ctx context.Context) error {
	var v verdict
	kept, err := l.checkRelations(ctx, &v)
	for _, name := range kept {
		err = errors.Join(err, l.exec(ctx, "DROP TABLE public."+name))
	}
	if l.what == plainView {
		err = errors.Join(err, l.exec(ctx, "DROP MATERIALIZED VIEW public.landing_"+l.base))
	}
	if len(l.others) > 0 {
		err = errors.Join(err, l.setRoles(ctx, nil, slices.Sorted(maps.Keys(l.others))))
	}
	return err
}
