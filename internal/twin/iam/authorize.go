package iam

import "context"

// Authorize refuses a call that its caller's policies don't allow. The caller is who has
// signed the request of ctx; values are what conditions ask for, by key. Nil allows all.
type Authorize func(ctx context.Context, action, resource string, values map[string]string) error

// May is a call of f.
func (f Authorize) May(ctx context.Context, action, resource string, values map[string]string) error {
	if f == nil {
		return nil
	}
	return f(ctx, action, resource, values)
}
