package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

// resource is a custom resource of a stack, with the state that CloudFormation has
// recorded.
type resource struct {
	*sandbox
	random     *rand.Rand
	stack      string
	logicalID  string
	physicalID string      // "" if the resource does not exist
	now        declaration // the declaration that CloudFormation has recorded

	nextFault         func() *fault // returns the fault for a request that follows a failed one
	sent              []*request    // the requests of the current step
	overtaken         []*fault      // faults of cancelled requests whose statement is still delayed
	redeliver         []*request    // requests to deliver once more, after the next step
	reasons           []string      // reasons of the failed responses in the current step
	mayLeaveTombstone bool          // whether the ledger may keep a row of the object in state "deleted"
}

// unowned reports whether the resource owns no object.
func (r *resource) unowned() bool { return strings.HasPrefix(r.physicalID, "unowned/") }

// tries is how often a rollback or a delete is tried before the check fails.
const tries = 6

// create sends a Create. If it fails, create sends a Delete, as CloudFormation does. It
// reports whether the resource was created.
func (r *resource) create(ctx context.Context, d declaration, f *fault) (bool, error) {
	a, err := r.request(ctx, "Create", "", d, nil, f)
	if err != nil {
		return false, err
	}
	if a != nil && a.Status == "SUCCESS" {
		r.physicalID, r.now = a.PhysicalResourceID, d
		return true, nil
	}
	// If the Create was not answered, CloudFormation generates a physical ID for the Delete.
	id := r.stack + "-" + r.logicalID + "-GENERATED"
	if a != nil {
		id = a.PhysicalResourceID
	} else {
		r.mayLeaveTombstone = true
	}
	return false, r.remove(ctx, id, d, r.nextFault())
}

// update sends an Update. If the Update fails, or if otherFails is true, update rolls it
// back. It reports whether the update succeeded and was not rolled back.
func (r *resource) update(ctx context.Context, d declaration, f *fault, otherFails bool) (bool, error) {
	previous, id := r.now, r.physicalID
	a, err := r.request(ctx, "Update", id, d, &previous, f)
	if err != nil {
		return false, err
	}
	recorded := id
	// CloudFormation may record the ID in the response of a failed update. The function
	// must work whether CloudFormation records that ID or keeps the old one.
	if a != nil && (a.Status == "SUCCESS" || r.random.IntN(2) == 0) {
		recorded = a.PhysicalResourceID
	}
	if d.name != previous.name && recorded == id {
		// The rollback deletes the object with the new name. A delayed statement may
		// create it later.
		r.mayLeaveTombstone = true
	}
	if a != nil && a.Status == "SUCCESS" && !otherFails {
		r.physicalID, r.now = recorded, d
		if recorded != id {
			return true, r.remove(ctx, id, previous, r.nextFault())
		}
		return true, nil
	}
	for try := range tries {
		rollbackFault := newFault(none, 0)
		if try == 0 {
			rollbackFault = r.nextFault()
		}
		answer, err := r.request(ctx, "Update", recorded, previous, &d, rollbackFault)
		if err != nil {
			return false, err
		}
		if answer != nil && answer.Status == "SUCCESS" {
			r.physicalID = answer.PhysicalResourceID
			if recorded != r.physicalID {
				return false, r.remove(ctx, recorded, d, r.nextFault())
			}
			return false, nil
		}
		if answer != nil && r.random.IntN(2) == 0 {
			recorded = answer.PhysicalResourceID
			r.mayLeaveTombstone = r.mayLeaveTombstone || d.name != previous.name
		}
	}
	return false, fmt.Errorf("the rollback failed %d times", tries)
}

// delete deletes the resource and clears its physical ID.
func (r *resource) delete(ctx context.Context, f *fault) error {
	err := r.remove(ctx, r.physicalID, r.now, f)
	if err == nil {
		r.physicalID = ""
	}
	return err
}

// remove sends a Delete for a physical ID, and repeats it until it succeeds, up to tries
// times. f is the fault of the first attempt.
func (r *resource) remove(ctx context.Context, id string, d declaration, f *fault) error {
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

// request sends one request and returns the response. The response is nil if the
// function sent none, or if the request was cancelled.
func (r *resource) request(ctx context.Context, requestType cfn.RequestType, id string, d declaration, old *declaration, f *fault) (*answer, error) {
	e := cfn.Event{
		RequestType: requestType, StackID: stackARN(r.stack), LogicalResourceID: r.logicalID,
		ResourceType: resourceTypes[d.objectKind], PhysicalResourceID: id,
		ResourceProperties: d.properties(r.current),
	}
	if old != nil {
		e.OldResourceProperties = old.properties(r.current)
	}
	// Delayed statements of earlier requests continue while this request runs.
	for _, f := range r.overtaken {
		time.AfterFunc(time.Duration(r.random.Int64N(int64(r.timeout/3))), func() { close(f.release) })
	}
	r.overtaken = nil
	q, a := r.send(ctx, e, f)
	r.sent = append(r.sent, q)
	select {
	case <-f.overtaken:
		r.overtaken = append(r.overtaken, f)
	default:
	}
	if f.timedOut {
		return a, fmt.Errorf("the %s was not answered within ServiceTimeout", requestType)
	}
	if a != nil && a.Status != "SUCCESS" {
		r.reasons = append(r.reasons, a.Reason)
	}
	if f.kind == deliverLate {
		r.redeliver = append(r.redeliver, q)
	}
	return a, ctx.Err()
}

// settle releases delayed statements and waits until all requests of the resource have
// ended.
func (r *resource) settle(ctx context.Context) {
	for _, f := range r.overtaken {
		close(f.release)
	}
	r.overtaken = nil
	for _, q := range r.sent {
		select {
		case <-q.ended:
		case <-ctx.Done():
		}
	}
}

// deliverAgain delivers earlier requests once more.
func (r *resource) deliverAgain(ctx context.Context, requests []*request) {
	for _, q := range requests {
		q.fault.fire()
		q.logf("delivered again, late")
		r.deliver(ctx, q)
	}
}

// text returns the logs of all requests of the current step.
func (r *resource) text() string {
	var b strings.Builder
	for _, q := range r.sent {
		b.WriteString("  request " + q.id + "\n" + q.text())
	}
	return b.String()
}
