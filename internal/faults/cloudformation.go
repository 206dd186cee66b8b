package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

// resource is a custom resource as CloudFormation knows it.
type resource struct {
	*site
	random     *rand.Rand
	stack      string
	logicalID  string
	physicalID string // "": there is none
	now        shape  // what CloudFormation believes to be there

	again    func() *fault // the fault of a request that follows a failed one
	sent     []*request
	waiting  []*fault   // of statements that wait to be overtaken
	late     []*request // to be delivered once more
	reasons  []string   // of failures
	invented bool       // whether a Delete came with an invented id
}

// unowned reports whether the resource stands for somebody else's object.
func (r *resource) unowned() bool { return strings.HasPrefix(r.physicalID, "unowned/") }

// tries is how often people try again what can't be let be: a failed rollback or
// delete.
const tries = 6

// create makes the resource, and deletes what a failed creation left.
func (r *resource) create(ctx context.Context, d shape, f *fault) (bool, error) {
	a, err := r.request(ctx, "Create", "", d, nil, f)
	if err != nil {
		return false, err
	}
	if a != nil && a.Status == "SUCCESS" {
		r.physicalID, r.now = a.PhysicalResourceID, d
		return true, nil
	}
	id := r.stack + "-" + r.logicalID + "-INVENTED"
	if a != nil {
		id = a.PhysicalResourceID
	} else {
		r.invented = true
	}
	return false, r.remove(ctx, id, d, r.again())
}

// update changes the resource. If that fails, or another resource of the stack
// does, it is rolled back.
func (r *resource) update(ctx context.Context, d shape, f *fault, otherFails bool) (bool, error) {
	was, id := r.now, r.physicalID
	a, err := r.request(ctx, "Update", id, d, &was, f)
	if err != nil {
		return false, err
	}
	recorded := id
	// AWS keeps the id that a failed update answers with; be ready for both.
	if a != nil && (a.Status == "SUCCESS" || r.random.IntN(2) == 0) {
		recorded = a.PhysicalResourceID
	}
	if d.name != was.name && recorded == id {
		r.invented = true // the rollback deletes what may be still to come
	}
	if a != nil && a.Status == "SUCCESS" && !otherFails {
		r.physicalID, r.now = recorded, d
		if recorded != id {
			return true, r.remove(ctx, id, was, r.again())
		}
		return true, nil
	}
	for try := range tries {
		again := newFault(none, 0)
		if try == 0 {
			again = r.again()
		}
		back, err := r.request(ctx, "Update", recorded, was, &d, again)
		if err != nil {
			return false, err
		}
		if back != nil && back.Status == "SUCCESS" {
			r.physicalID = back.PhysicalResourceID
			if recorded != r.physicalID {
				return false, r.remove(ctx, recorded, d, r.again())
			}
			return false, nil
		}
		if back != nil && r.random.IntN(2) == 0 {
			recorded = back.PhysicalResourceID
			r.invented = r.invented || d.name != was.name
		}
	}
	return false, fmt.Errorf("the rollback failed %d times", tries)
}

// delete deletes the resource.
func (r *resource) delete(ctx context.Context, f *fault) error {
	err := r.remove(ctx, r.physicalID, r.now, f)
	if err == nil {
		r.physicalID = ""
	}
	return err
}

// remove deletes what a physical id names.
func (r *resource) remove(ctx context.Context, id string, d shape, f *fault) error {
	for range tries {
		a, err := r.request(ctx, "Delete", id, d, nil, f)
		if err != nil {
			return err
		}
		if a != nil && a.Status == "SUCCESS" {
			return nil
		}
		f = newFault(none, 0)
	}
	return fmt.Errorf("the delete of %s failed %d times", id, tries)
}

// request sends one request and returns its answer; nil if there is none.
func (r *resource) request(ctx context.Context, kind cfn.RequestType, id string, d shape, old *shape, f *fault) (*answer, error) {
	e := cfn.Event{
		RequestType: kind, StackID: stackARN(r.stack), LogicalResourceID: r.logicalID,
		ResourceType: resourceTypes[d.what], PhysicalResourceID: id,
		ResourceProperties: d.properties(r.here),
	}
	if old != nil {
		e.OldResourceProperties = old.properties(r.here)
	}
	// Statements that were overtaken go on at some moment of this request.
	for _, w := range r.waiting {
		time.AfterFunc(time.Duration(r.random.Int64N(int64(r.timeout/3))), func() { close(w.release) })
	}
	r.waiting = nil
	q, a := r.send(ctx, e, f)
	r.sent = append(r.sent, q)
	select {
	case <-f.overtaken:
		r.waiting = append(r.waiting, f)
	default:
	}
	if f.late {
		return a, fmt.Errorf("the %s was not answered within ServiceTimeout", kind)
	}
	if a != nil && a.Status != "SUCCESS" {
		r.reasons = append(r.reasons, a.Reason)
	}
	if f.kind == deliverLate {
		r.late = append(r.late, q)
	}
	return a, ctx.Err()
}

// settle waits until nothing of the resource's runs any more.
func (r *resource) settle(ctx context.Context) {
	for _, w := range r.waiting {
		close(w.release)
	}
	r.waiting = nil
	for _, q := range r.sent {
		select {
		case <-q.ended:
		case <-ctx.Done():
		}
	}
}

// deliverAgain delivers requests of before once more.
func (r *resource) deliverAgain(ctx context.Context, late []*request) {
	for _, q := range late {
		q.fault.fire()
		q.note("delivered again, late")
		r.deliver(ctx, q)
	}
}

// log returns what happened, statement by statement.
func (r *resource) text() string {
	var b strings.Builder
	for _, q := range r.sent {
		b.WriteString("  request " + q.id + "\n" + q.text())
	}
	return b.String()
}
