package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Declared contains the policies that a role's own resource declares. PutPolicy and
// PutManagedPolicy add and remove further policies.
type Declared struct {
	Inline  map[string]any // documents by name
	Managed []string       // ARNs
}

// PutRole creates or updates a role. It removes the policies in before, which the role
// declared until now, and adds those in declared. before is empty for a new role. PutRole
// returns an error if a managed policy does not exist, unless it is an AWS managed policy.
func (s *Store) PutRole(name, arn string, trust any, declared, before Declared) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	role := &storedRole{creation: s.creations + 1, Role: Role{Name: name, ARN: arn, Trust: trust, Inline: map[string]any{}, Attached: map[string]any{}}}
	if old := s.roles[name]; old != nil {
		role.creation = old.creation
		maps.Copy(role.Inline, old.Inline)
		maps.Copy(role.Attached, old.Attached)
		for policy := range before.Inline {
			delete(role.Inline, policy)
		}
		for _, managed := range before.Managed {
			delete(role.Attached, managed)
		}
	}
	maps.Copy(role.Inline, declared.Inline)
	for _, managed := range declared.Managed {
		document, ok := s.policies[managed]
		if !ok && !strings.Contains(managed, ":iam::aws:policy/") {
			return &wire.Error{Code: "NotFound", Message: fmt.Sprintf("Policy %s does not exist or is not attachable.", managed)}
		}
		role.Attached[managed] = document
	}
	if s.roles == nil {
		s.roles = map[string]*storedRole{}
	}
	s.roles[name] = role
	s.creations = max(s.creations, role.creation)
	delete(s.deleted, name)
	s.takeSnapshot()
	return nil
}

// DeleteRole deletes a role. It returns an error if the role has inline policies that are
// not in declared. It returns nil if the role does not exist.
func (s *Store) DeleteRole(name string, declared Declared) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	role := s.roles[name]
	if role == nil {
		return nil
	}
	for policy := range role.Inline {
		if _, ok := declared.Inline[policy]; !ok {
			return &wire.Error{Code: "InvalidRequest", Message: fmt.Sprintf("Cannot delete entity, must delete policies first: %s", policy)}
		}
	}
	delete(s.roles, name)
	if s.deleted == nil {
		s.deleted = map[string]Role{}
	}
	s.deleted[name] = Role{Name: name, ARN: role.ARN}
	s.takeSnapshot()
	return nil
}

// PutPolicy adds an inline policy to roles. It ignores roles that do not exist.
func (s *Store) PutPolicy(name string, document any, roles []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, role := range roles {
		if role := s.roles[role]; role != nil {
			role.Inline[name] = document
		}
	}
	s.takeSnapshot()
}

// DeletePolicy removes an inline policy from roles.
func (s *Store) DeletePolicy(name string, roles []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, role := range roles {
		if role := s.roles[role]; role != nil {
			delete(role.Inline, name)
		}
	}
	s.takeSnapshot()
}

// PutManagedPolicy creates or updates a managed policy. It attaches the policy to roles,
// and detaches it from the roles in before that are not in roles. Other roles that have
// the policy keep it, with the new document.
func (s *Store) PutManagedPolicy(arn string, document any, roles, before []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.policies == nil {
		s.policies = map[string]any{}
	}
	s.policies[arn] = document
	for _, role := range s.roles {
		_, attached := role.Attached[arn]
		switch {
		case slices.Contains(roles, role.Name), attached && !slices.Contains(before, role.Name):
			role.Attached[arn] = document
		default:
			delete(role.Attached, arn)
		}
	}
	s.takeSnapshot()
}

// DeleteManagedPolicy deletes a managed policy and detaches it from its roles.
func (s *Store) DeleteManagedPolicy(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.policies, arn)
	for _, role := range s.roles {
		delete(role.Attached, arn)
	}
	s.takeSnapshot()
}
