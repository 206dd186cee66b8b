package iam

import "context"

// Authorize returns an error if the policies of the caller don't allow the action on the
// resource. The caller is the identity that signed the request of ctx. values contains
// the values of condition keys. A nil Authorize allows everything.
type Authorize func(ctx context.Context, action, resource string, values map[string]string) error

// Check calls f, or returns nil if f is nil.
func (f Authorize) Check(ctx context.Context, action, resource string, values map[string]string) error {
	if f == nil {
		return nil
	}
	return f(ctx, action, resource, values)
}
