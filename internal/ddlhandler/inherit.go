package ddlhandler

import (
	"context"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// inherited returns the entry of an object that another database user owns, from that
// user's ledger, if it says that the object is this construct's. The function was that
// user before its role changed. Only the ledger of the user who owns the object is read,
// so nobody can claim an object of somebody else. Nil means that nothing is known.
func (r *run) inherited(ctx context.Context, found found) (*entry, error) {
	if !found.there || found.user == "" || found.user == r.ledger.user {
		return nil, nil
	}
	there, err := r.ledger.othersOf(ctx, found.user)
	if err != nil || !there {
		return nil, err
	}
	theirs, _, err := r.ledger.readFrom(ctx, ledgerOf(found.user), "inherited", r.want.Object().Key())
	if dataapi.Refused(err) {
		return nil, nil // it was never shared, so nothing is known
	}
	if err != nil || theirs == nil || theirs.state == deleted {
		return nil, err
	}
	if theirs.owner != r.owner {
		return nil, r.refuseOwned(theirs)
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
