//go:build unix && !linux

package lambda

import "syscall"

// processAttributes puts a function's process into a process group of its own, so that
// its child processes can be killed with it. If the twin dies before it kills the
// function, the function exits when its connection to the Runtime API breaks.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
