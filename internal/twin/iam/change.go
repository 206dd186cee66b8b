package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Declared are the policies that a role's own declaration gives it. Others come and go
// by PutPolicy and PutManagedPolicy.
type Declared struct {
	Inline  map[string]any // documents by name
	Managed []string       // ARNs
}

// PutRole makes or changes a role. before is what was declared until now, nothing for a
// new role: it goes, unless it is declared again. A managed policy that doesn't exist is
// refused, unless it is AWS's own.
func (s *Store) PutRole(name, arn string, trust any, declared, before Declared) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	role := &madeRole{made: s.made + 1, Role: Role{Name: name, ARN: arn, Trust: trust, Inline: map[string]any{}, Attached: map[string]any{}}}
	if old := s.roles[name]; old != nil {
		role.made = old.made
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
		s.roles = map[string]*madeRole{}
	}
	s.roles[name] = role
	s.made = max(s.made, role.made)
	delete(s.gone, name)
	s.changed()
	return nil
}

// DeleteRole removes a role that has no inline policies but those that it declares. A
// role that doesn't exist is no error.
func (s *Store) DeleteRole(name string, declared Declared) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	role := s.roles[name]
	if role == nil {
		return nil
	}
	for policy := range role.Inline {
		if _, own := declared.Inline[policy]; !own {
			return &wire.Error{Code: "InvalidRequest", Message: fmt.Sprintf("Cannot delete entity, must delete policies first: %s", policy)}
		}
	}
	delete(s.roles, name)
	if s.gone == nil {
		s.gone = map[string]Role{}
	}
	s.gone[name] = Role{Name: name, ARN: role.ARN}
	s.changed()
	return nil
}

// PutPolicy makes an inline policy part of roles. Those that don't exist it skips.
func (s *Store) PutPolicy(name string, document any, roles []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, role := range roles {
		if role := s.roles[role]; role != nil {
			role.Inline[name] = document
		}
	}
	s.changed()
}

// DeletePolicy takes an inline policy from roles.
func (s *Store) DeletePolicy(name string, roles []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, role := range roles {
		if role := s.roles[role]; role != nil {
			delete(role.Inline, name)
		}
	}
	s.changed()
}

// PutManagedPolicy gives every role that has the policy its document, attaches it to
// those of roles, and takes it from those of before that roles lacks.
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
	s.changed()
}

// DeleteManagedPolicy removes a managed policy, and takes it from its roles.
func (s *Store) DeleteManagedPolicy(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.policies, arn)
	for _, role := range s.roles {
		delete(role.Attached, arn)
	}
	s.changed()
}
