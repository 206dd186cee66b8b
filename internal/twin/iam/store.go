package iam

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Role is an IAM role with its policies.
type Role struct {
	Name, ARN string
	Trust     any            // the document of the trust policy
	Inline    map[string]any // documents of the inline policies, by name
	Attached  map[string]any // documents of the managed policies, by ARN; nil for AWS managed policies
}

// RoleID returns the unique id of the role called name.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func RoleID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "AROA" + strings.ToUpper(hex.EncodeToString(sum[:])[:17])
}

// Store keeps roles and managed policies in memory. Its zero value is empty. It is safe
// for concurrent use.
type Store struct {
	// Delay is the time until a change affects the permissions of roles. It does not
	// delay the results of Has, Role and Roles, which CloudFormation's resources use: on
	// AWS, too, CloudFormation waits until a new role is usable by other resources.
	Delay time.Duration
	// Now returns the current time, for Delay. Nil means time.Now.
	Now func() time.Time

	mu        sync.Mutex
	roles     map[string]*storedRole // by name
	policies  map[string]any         // documents of the managed policies, by ARN
	deleted   map[string]Role        // deleted roles by name, without their policies
	creations int                    // number of roles created so far
	snapshots []snapshot             // the snapshot in effect and later ones, oldest first; empty if Delay is 0
}

// Roles returns the roles, sorted by name.
func (s *Store) Roles() []Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Role, 0, len(s.roles))
	for _, name := range slices.Sorted(maps.Keys(s.roles)) {
		out = append(out, s.roles[name].clone())
	}
	return out
}

// Has reports whether a role called name exists.
func (s *Store) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roles[name] != nil
}

// Role returns the role with the given ARN after its last change, whether or not the
// change has taken effect.
func (s *Store) Role(arn string) (Role, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, role := range s.roles {
		if role.ARN == arn {
			return role.clone(), true
		}
	}
	return Role{}, false
}
