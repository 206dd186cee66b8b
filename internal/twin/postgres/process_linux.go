package postgres

import "syscall"

// attributes returns attributes for a child process that runs as user. Nil means the user
// of this process. The child has its own process group, so that Ctrl-C in a terminal
// doesn't stop the child before Close does. If this process ends, the kernel ends the
// child.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}
