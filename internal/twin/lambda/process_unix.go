//go:build unix && !linux

package lambda

import "syscall"

// processAttributes put a child into a process group of its own, so that all
// of it can be killed. When the twin dies before it can do that, a function
// ends by itself: the Runtime API, which it waits on, is gone.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
