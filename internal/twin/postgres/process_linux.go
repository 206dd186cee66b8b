package postgres

import "syscall"

// attributes runs a child as user (nil: as this process's), in a process group
// of its own, so that a terminal's Ctrl-C doesn't reach it before Close, and
// has the kernel end it at once if this process dies.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}
