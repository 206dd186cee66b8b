package ddlhandler

import (
	"context"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// findInherited returns the entry of an object that another database user owns, from that
// user's ledger. The function was that user before its role changed. It returns nil if the
// current user owns the object or no entry is found, and an error if another construct
// owns the object. It reads only the ledger of the user who owns the object, so nobody
// else can claim the object by writing a row.
func (r *run) findInherited(ctx context.Context, found foundObject) (*entry, error) {
	if !found.exists || found.user == "" || found.user == r.ledger.user {
		return nil, nil
	}
	exists, err := r.ledger.existsFor(ctx, found.user)
	if err != nil || !exists {
		return nil, err
	}
	theirs, _, err := r.ledger.readFrom(ctx, ledgerOf(found.user), "inherited", r.want.Object().Key())
	if dataapi.Refused(err) {
		return nil, nil // that user never granted SELECT on the ledger
	}
	if err != nil || theirs == nil || theirs.state == deleted {
		return nil, err
	}
	if theirs.owner != r.owner {
		return nil, r.refuseOwned(theirs)
	}
	return theirs, nil
}

// inherit copies the entry of an object that another database user owns into the current
// user's ledger, and returns the copy. It returns nil if findInherited returns nil. The
// current user still can't do what only the object's owner may do, unless it is a superuser.
func (r *run) inherit(ctx context.Context, found foundObject) (*entry, error) {
	theirs, err := r.findInherited(ctx, found)
	if err != nil || theirs == nil {
		return nil, err
	}
	return r.enter(ctx, *theirs)
}
