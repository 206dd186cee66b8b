//go:build !linux

package attack

import "errors"

// asUser can't change the user of one thread here.
func asUser(uint32, func() error) (change, result error) { return errors.ErrUnsupported, nil }
