package postgres

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// serverUser returns the user who runs the server. Nil means the user of this process.
// If that is root, it returns the user nobody with a group that no other process has, since
// initdb and postgres refuse to run as root. It doesn't return an unused user id, since
// initdb also refuses a user without a name.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil means the user of this process
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("user \"nobody\", who runs PostgreSQL when the caller is root: %w", err)
	}
	uid, err := id(nobody.Uid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uid, Gid: unusedGroup()}, nil
}

// The range of ids that systemd assigns to services while they run. Packages and
// administrators must not assign them to anything else.
//
// Source: https://systemd.io/UIDS-GIDS/
const firstDynamicID, lastDynamicID = 61184, 65519

// unusedGroup returns a random group id of that range that belongs to no named group, so
// that no other process has the group.
func unusedGroup() uint32 {
	for {
		group := firstDynamicID + rand.Uint32N(lastDynamicID-firstDynamicID+1) //nolint:gosec // it needs no secret, but differs from other twins' groups
		if _, err := user.LookupGroupId(strconv.FormatUint(uint64(group), 10)); err != nil {
			return group // no group has this id
		}
	}
}

// id parses a user or group id. The ids of nobody on macOS are written as -2, which means
// 4294967294.
func id(s string) (uint32, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("id %q: %w", s, err)
	}
	return uint32(n), nil
}
