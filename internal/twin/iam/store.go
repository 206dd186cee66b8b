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

// Role is an IAM role and what it may do.
type Role struct {
	Name, ARN string
	Trust     any            // the policy that says who may assume it
	Inline    map[string]any // its own policies' documents, by name
	Attached  map[string]any // managed policies' documents, by ARN; nil for AWS's own
}

// RoleID returns the unique id of the role of that name.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func RoleID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "AROA" + strings.ToUpper(hex.EncodeToString(sum[:])[:17])
}

// Store keeps roles and managed policies. Its zero value is empty. It is safe for
// concurrent use.
type Store struct {
	// Delay is the time until a change takes effect on what roles may do. That roles
	// and policies exist, other resources know at once: CloudFormation waits for it.
	Delay time.Duration
	// Now is the clock that Delay goes by. Nil means time.Now.
	Now func() time.Time

	mu       sync.Mutex
	roles    map[string]*madeRole // by name
	policies map[string]any       // managed policies' documents, by ARN
	gone     map[string]Role      // by name: those deleted, without their policies
	made     int                  // how many roles were made
	past     []moment             // with a Delay: the states since the one in effect, oldest first
}

// Roles returns the roles, by name.
func (s *Store) Roles() []Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Role, 0, len(s.roles))
	for _, name := range slices.Sorted(maps.Keys(s.roles)) {
		out = append(out, s.roles[name].clone())
	}
	return out
}

// Has reports whether a role of that name exists.
func (s *Store) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roles[name] != nil
}

// Role finds a role by its ARN, as it was last changed.
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
