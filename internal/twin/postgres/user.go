package postgres

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// serverUser returns who the server runs as: nil for this process's own user,
// and nobody for root, since initdb and postgres refuse to run as root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no change of user
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("user \"nobody\", as whom root runs PostgreSQL: %w", err)
	}
	uid, err := id(nobody.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := id(nobody.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uid, Gid: gid}, nil
}

// id reads a user or group id. macOS writes nobody's as -2, which is
// 4294967294.
func id(s string) (uint32, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("id %q: %w", s, err)
	}
	return uint32(n), nil
}
