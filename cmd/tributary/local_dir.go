package main

import (
	"fmt"
	"os"
	"slices"
)

// makeDir makes the directory, which nobody else can look into: the twin's secret
// key is in it. One that is there and is open to others is closed if it holds
// nothing but the twin's own, and refused otherwise.
func (s state) makeDir() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(s.dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !slices.Contains([]string{s.file(), s.log(), s.cdkHome()}, s.path(entry.Name())) {
			return fmt.Errorf("%s: others can look into it (mode %04o), and the twin's secret key would be in it; close it with chmod 700, or name another directory with --state", s.dir, info.Mode().Perm())
		}
	}
	return os.Chmod(s.dir, 0o700) //nolint:gosec // a directory
}
