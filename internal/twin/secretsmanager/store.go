// Package secretsmanager is the local twin's AWS Secrets Manager: [Store] keeps secrets,
// makes passwords, and resolves the references to secrets that templates have. It has no
// API: CloudFormation makes the secrets.
package secretsmanager

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Store keeps secrets. Its zero value is empty. It is safe for concurrent use.
type Store struct {
	mu     sync.Mutex
	values map[string]string // by ARN
}

// Put makes a secret, or changes its value.
func (s *Store) Put(arn, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(arn, value)
}

// Generate makes a secret with a value of its own. One that exists stays as it is.
func (s *Store) Generate(arn string, g Generator) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.values[arn]; there {
		return nil
	}
	value, err := g.generate()
	if err == nil {
		s.put(arn, value)
	}
	return err
}

func (s *Store) put(arn, value string) {
	if s.values == nil {
		s.values = map[string]string{}
	}
	s.values[arn] = value
}

// Delete removes a secret. One that doesn't exist is no error.
func (s *Store) Delete(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, arn)
}

// Resolve returns what a dynamic reference stands for: that behind "resolve:", such
// as "secretsmanager:arn:…:SecretString:password::".
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (s *Store) Resolve(_ context.Context, reference string) (string, error) {
	rest, ok := strings.CutPrefix(reference, "secretsmanager:")
	arn, field, cut := strings.Cut(rest, ":SecretString:")
	if !ok || !cut {
		return "", fmt.Errorf("the local twin resolves references to Secrets Manager's SecretString only")
	}
	s.mu.Lock()
	value, there := s.values[arn]
	s.mu.Unlock()
	if !there {
		return "", &wire.Error{Code: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret."}
	}
	key, _, _ := strings.Cut(field, ":")
	if key == "" {
		return value, nil
	}
	var keys map[string]string
	if err := json.Unmarshal([]byte(value), &keys); err != nil {
		return "", fmt.Errorf("the secret %s is no JSON object", arn)
	}
	text, there := keys[key]
	if !there {
		return "", fmt.Errorf("the secret %s has no key %q", arn, key)
	}
	return text, nil
}
