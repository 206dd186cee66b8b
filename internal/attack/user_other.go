//go:build !linux

package attack

import "errors"

// asUser returns errors.ErrUnsupported: only on Linux can one thread have another user.
func asUser(uint32, func() error) (change, result error) { return errors.ErrUnsupported, nil }
