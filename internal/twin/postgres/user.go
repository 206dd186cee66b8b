package postgres

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// serverUser returns who the server runs as: nil for this process's own user. For
// root it is nobody, with a group of its own, since initdb and postgres refuse to
// run as root. (initdb also refuses a user without a name.)
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
	return &syscall.Credential{Uid: uid, Gid: unusedGroup()}, nil
}

// The ids that systemd gives to services for as long as they run. No package and
// no administrator may use them for anything else.
//
// Source: https://systemd.io/UIDS-GIDS/
const firstDynamicID, lastDynamicID = 61184, 65519

// unusedGroup returns the id of a group that no other process has: a random one
// of the dynamic ids that has no name.
func unusedGroup() uint32 {
	for {
		group := firstDynamicID + rand.Uint32N(lastDynamicID-firstDynamicID+1) //nolint:gosec // no secret: another id than other twins'
		if _, err := user.LookupGroupId(strconv.FormatUint(uint64(group), 10)); err != nil {
			return group // it has no name
		}
	}
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
