package attack

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// asUser runs f as another user of the machine, with a group of the same id and no
// other. The first error says that this can't be done, the second is f's. Only the
// thread that f runs on is changed; it ends with f.
func asUser(id uint32, f func() error) (change, result error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread isn't used again
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
