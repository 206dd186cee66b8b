// Package secretsmanager emulates AWS Secrets Manager for the local twin. [Store] keeps
// secrets, generates passwords, and resolves the dynamic references to secrets in
// templates. The package has no HTTP API. CloudFormation creates the secrets.
package secretsmanager

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Store keeps secrets in memory. Its zero value is empty. It is safe for concurrent use.
type Store struct {
	mu     sync.Mutex
	values map[string]string // by ARN
}

// Put creates a secret or changes its value.
func (s *Store) Put(arn, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(arn, value)
}

// Generate creates a secret with a generated value. It does not change a secret that
// exists.
func (s *Store) Generate(arn string, g Generator) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.values[arn]; exists {
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

// Delete deletes a secret. It does nothing if the secret does not exist.
func (s *Store) Delete(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, arn)
}

// Resolve returns the value of a dynamic reference. reference is the part after
// "resolve:", such as "secretsmanager:arn:…:SecretString:password::".
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (s *Store) Resolve(_ context.Context, reference string) (string, error) {
	rest, ok := strings.CutPrefix(reference, "secretsmanager:")
	arn, field, cut := strings.Cut(rest, ":SecretString:")
	if !ok || !cut {
		return "", fmt.Errorf("dynamic reference %q: not supported by the local twin; use secretsmanager:<ARN>:SecretString", reference)
	}
	s.mu.Lock()
	value, exists := s.values[arn]
	s.mu.Unlock()
	if !exists {
		return "", &wire.Error{Code: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret."}
	}
	key, _, _ := strings.Cut(field, ":")
	if key == "" {
		return value, nil
	}
	var keys map[string]string
	if err := json.Unmarshal([]byte(value), &keys); err != nil {
		return "", fmt.Errorf("secret %q: the value must be a JSON object of strings to resolve the key %q", arn, key)
	}
	text, exists := keys[key]
	if !exists {
		return "", fmt.Errorf("secret %q: key %q does not exist", arn, key)
	}
	return text, nil
}
