package lambda

import "syscall"

// processAttributes puts a function's process into a process group of its own, so that
// its child processes can be killed with it. The kernel kills the process when the
// thread that started it ends, which happens even if the twin is killed.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
