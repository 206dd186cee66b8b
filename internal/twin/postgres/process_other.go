//go:build unix && !linux

package postgres

import "syscall"

// attributes runs a child as user (nil: as this process's), in a process group
// of its own, so that a terminal's Ctrl-C doesn't reach it before Close. Here
// nothing ends the child if this process is killed.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user, Setpgid: true}
}
