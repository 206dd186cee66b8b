package ddlhandler

import (
	"context"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// inherited returns the entry that the ledger of another database user has of an object
// that this user owns, if it says that the object is this construct's: the function
// was that user, and has become another one since its role changed. A ledger counts
// only for what its own user owns, so nobody can write into one whose the objects of
// others are. Nil means that nothing is known.
func (r *run) inherited(ctx context.Context, found found) (*entry, error) {
	if !found.there || found.owner == "" || found.owner == r.ledger.user {
		return nil, nil
	}
	there, err := r.ledger.othersOf(ctx, found.owner)
	if err != nil || !there {
		return nil, err
	}
	theirs, _, err := r.ledger.readFrom(ctx, ledgerOf(found.owner), "inherited", r.want.key())
	if dataapi.Refused(err) {
		return nil, nil // it was never shared, so nothing is known
	}
	if err != nil || theirs == nil || theirs.state == deleted {
		return nil, err
	}
	if theirs.owner != r.owner {
		return nil, r.foreign(theirs)
	}
	return theirs, nil
}

// inherit enters an object of another database user's in this user's ledger, if it is
// this construct's; nil if that is not known. What only its owner may do with the
// object, this user can't, unless it is a superuser.
func (r *run) inherit(ctx context.Context, found found) (*entry, error) {
	theirs, err := r.inherited(ctx, found)
	if err != nil || theirs == nil {
		return nil, err
	}
	return r.enter(ctx, *theirs)
}
