package main

import (
	"fmt"
	"os"
	"slices"
)

// makeDir creates the state directory with mode 0700, because it contains the twin's
// secret key. If the directory exists and other users have access to it, makeDir changes
// its mode, or returns an error if it contains other files than a twin's.
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
			return fmt.Errorf("%s: would contain the twin's secret key, and other users have access to it (mode %04o); run chmod 700, or name another directory with --state", s.dir, info.Mode().Perm())
		}
	}
	return os.Chmod(s.dir, 0o700) //nolint:gosec // a directory
}
