package attack

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// asUser runs f as another user of the machine, with one group, which has the same ID. It
// returns change if it could not switch the user, and otherwise the error of f as
// result. It switches only the OS thread that runs f, which ends afterwards.
func asUser(id uint32, f func() error) (change, result error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked, so that the thread ends with this goroutine
		n := uintptr(id)
		for _, call := range [][4]uintptr{{unix.SYS_SETGROUPS}, {unix.SYS_SETRESGID, n, n, n}, {unix.SYS_SETRESUID, n, n, n}} {
			if _, _, errno := syscall.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
				change = errno
				return
			}
		}
		result = f()
	}()
	<-done
	return change, result
}
