package attack

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// asUser runs f as another user of the machine, with a group of the same id and no
// other. Only the thread that f runs on is changed; it ends with f.
func asUser(id uint32, f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread isn't used again
		done <- func() error {
			n := uintptr(id)
			if _, _, errno := syscall.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
				return nil
			}
			if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESGID, n, n, n); errno != 0 {
				return nil
			}
			if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESUID, n, n, n); errno != 0 {
				return nil
			}
			return f()
		}()
	}()
	return <-done
}
