package lambda

import "syscall"

// processAttributes put a child into a process group of its own, so that all
// of it can be killed, and have the kernel kill it when the thread that
// started it ends: with the twin, however that ends.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
