//go:build !linux

package attack

// asUser can't change the user of one thread here. Its nil makes every attack of
// another user count as one that got in.
func asUser(uint32, func() error) error { return nil }
