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

// scenario is a random sequence of requests for one object: a view, a schema, an
// external schema, or the attachment of a role.
type scenario struct {
	*sandbox
	objectKind
	seed       uint64
	random     *rand.Rand
	base       string    // prefix of the names of all objects of this scenario
	names      [2]string // the names that the object can have
	stream     *stream
	resource   *resource
	put        []string        // sequence numbers of records that must not be lost
	byHand     map[string]bool // names of objects that another user created
	otherRoles map[string]bool // ARNs of roles that another user attached
	faults     []*fault        // the faults of the current step
	report     *Report
}

// runScenario runs the scenario that seed gives: it creates an object, updates it four
// times and deletes it. Each step injects its faults, and is followed by a check.
func (s *sandbox) runScenario(ctx context.Context, seed uint64, report *Report) error {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // seeded on purpose
	base := fmt.Sprintf("v%d", seed)
	sc := &scenario{
		sandbox: s, objectKind: objectKinds[random.IntN(len(objectKinds))], seed: seed, random: random, base: base, names: [2]string{base + "_a", base + "_b"},
		byHand: map[string]bool{}, otherRoles: map[string]bool{}, report: report,
	}
	s.current = s.warehouses[random.IntN(len(s.warehouses))]
	s.listDenied = random.IntN(3) == 0
	var err error
	if sc.stream, err = s.streams.create("stream-" + base); err != nil {
		return err
	}
	defer s.streams.drop(sc.stream.name)
	sc.resource = &resource{sandbox: s, random: random, stack: "S" + base, logicalID: "View"}
	sc.resource.nextFault = func() *fault { return sc.maybeFault(4, 24) }
	if err := sc.prepare(ctx); err != nil {
		return err
	}
	if err := sc.create(ctx); err != nil {
		return err
	}
	steps := updateSteps[sc.objectKind]
	for range 4 {
		if err := sc.step(ctx, steps[random.IntN(len(steps))]); err != nil {
			return err
		}
	}
	if err := sc.step(ctx, deleteSteps[random.IntN(len(deleteSteps))]); err != nil {
		return err
	}
	return sc.cleanUp(ctx)
}

// objectKinds are the kinds of objects to choose from. A kind that is listed more often
// is more likely to be chosen.
var objectKinds = []objectKind{
	streamingView, streamingView, streamingView, streamingView, streamingView, streamingView,
	plainView, plainView, externalSchema, ordinarySchema, attachment, attachment,
}

// prepare puts records into the stream. For a plain view it also creates the landing
// view that the plain view reads.
func (sc *scenario) prepare(ctx context.Context) error {
	if err := sc.putRecords(); err != nil || sc.objectKind != plainView {
		return err
	}
	landing := ddl.Landing("landing_" + sc.base)
	landing.Stream = ddl.Stream{Schema: "evdata", Name: sc.stream.name}
	view, problems := definition.NewView(landing)
	if len(problems) > 0 {
		return problems
	}
	var err error
	for _, s := range view.Create() {
		err = errors.Join(err, sc.exec(ctx, s.SQL))
	}
	return err
}

// create creates the object. The first three attempts inject faults, so they may fail.
// Later attempts inject none.
func (sc *scenario) create(ctx context.Context) error {
	for attempt := 0; sc.resource.physicalID == ""; attempt++ {
		steps := sc.createSteps()
		step := steps[sc.random.IntN(len(steps))]
		if attempt > 2 {
			step = (*scenario).createWithoutFault
		}
		if err := sc.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// step calls do, waits until all requests have ended, and checks the database. It
// returns errCheckFailed if do fails or if the check finds a difference.
func (sc *scenario) step(ctx context.Context, do func(*scenario, context.Context) error) error {
	redeliver := sc.resource.redeliver
	sc.resource.redeliver, sc.faults, sc.resource.sent, sc.resource.reasons = nil, nil, nil, nil
	if sc.resource.physicalID != "" && sc.objectKind == streamingView {
		if err := sc.refreshAndExpire(ctx); err != nil {
			return err
		}
	}
	if err := sc.putRecords(); err != nil {
		return err
	}
	sc.listDenials.Store(0)
	doErr := do(sc, ctx)
	sc.resource.settle(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	sc.resource.deliverAgain(ctx, redeliver)
	found, err := sc.check(ctx)
	if err != nil {
		return err
	}
	if doErr != nil {
		found.add("%v", doErr)
	}
	if sc.listDenials.Load() > 0 {
		sc.faults = append(sc.faults, &fault{kind: "ListStatements is denied", fired: true})
	}
	for _, f := range sc.faults {
		if f.kind == deliverLate { // delivered at the end of the next step
			f.fire()
		}
	}
	if sc.report.add(sc.seed, sc.faults, found, sc.resource.text()) {
		return nil
	}
	return errCheckFailed
}

// errCheckFailed ends a scenario after its first failed check.
var errCheckFailed = errors.New("the check failed")

// refreshAndExpire refreshes the view. In two of three cases it then lets the stream's
// records expire, so that only the view still contains them.
func (sc *scenario) refreshAndExpire(ctx context.Context) error {
	if err := sc.exec(ctx, "REFRESH MATERIALIZED VIEW public."+sc.resource.now.name); err != nil {
		return err
	}
	if sc.random.IntN(3) > 0 {
		sc.stream.expire()
	}
	return nil
}

// putRecords puts four records into the stream, and remembers them for checkRows.
func (sc *scenario) putRecords() error {
	numbers, err := sc.stream.put(4)
	sc.put = append(sc.put, numbers...)
	return err
}

// randomFault is faultOfKind with a random kind from requestFaults.
func (sc *scenario) randomFault(statements int) *fault {
	return sc.faultOfKind(requestFaults[sc.random.IntN(len(requestFaults))], statements)
}

// faultOfKind returns a fault of kind k. The fault is injected at a random statement or
// API call of the request, with an index below the parameter statements. On a
// workgroup, which can't be paused, the kind paused is replaced by modifying.
func (sc *scenario) faultOfKind(k faultKind, statements int) *fault {
	if k == paused && sc.current.workgroup != "" {
		k = modifying
	}
	f := newFault(k, sc.random.IntN(statements))
	sc.faults = append(sc.faults, f)
	return f
}

// maybeFault returns a random fault in one of n cases, and otherwise a fault that does
// nothing. The fault is never of the kind overtaken.
func (sc *scenario) maybeFault(n, statements int) *fault {
	if sc.random.IntN(n) > 0 {
		return newFault(none, 0)
	}
	return sc.notOvertaken(statements)
}

// notOvertaken is randomFault without the kind overtaken. It is for requests that must
// end before CloudFormation sends the next one.
func (sc *scenario) notOvertaken(statements int) *fault {
	k := requestFaults[sc.random.IntN(len(requestFaults))]
	if k == overtaken {
		k = killAfter
	}
	return sc.faultOfKind(k, statements)
}

// cleanUp removes the kept tables, the landing view, and the roles that another user
// attached. The scenario leaves these in place until its end.
func (sc *scenario) cleanUp(ctx context.Context) error {
	var v findings
	kept, err := sc.checkRelations(ctx, &v)
	for _, name := range kept {
		err = errors.Join(err, sc.exec(ctx, "DROP TABLE public."+name))
	}
	if sc.objectKind == plainView {
		err = errors.Join(err, sc.exec(ctx, "DROP MATERIALIZED VIEW public.landing_"+sc.base))
	}
	if len(sc.otherRoles) > 0 {
		err = errors.Join(err, sc.setRoles(ctx, nil, slices.Sorted(maps.Keys(sc.otherRoles))))
	}
	return err
}
