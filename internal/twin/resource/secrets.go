package resource

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Secrets keeps what Secrets Manager does. Its zero value is empty.
type Secrets struct {
	mu     sync.Mutex
	values map[string]string // by ARN
}

// Resolve returns what a dynamic reference stands for: that behind "resolve:", such
// as "secretsmanager:arn:…:SecretString:password::".
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (s *Secrets) Resolve(_ context.Context, reference string) (string, error) {
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

func secretTypes(s Services) map[string]*maker {
	return map[string]*maker{
		"AWS::SecretsManager::Secret": {
			name: func(r cloudformation.Request) string {
				name := propertyName("Name", 64, false)(r)
				return arn(r, "secretsmanager", "secret:"+name+"-"+digest(6, r.StackID, name))
			},
			check: func(_ cloudformation.Request, p properties) {
				p.unsupported("ReplicaRegions")
				if p.has("SecretString") && p.has("GenerateSecretString") {
					p.refuse("SecretString", "You can't specify both GenerateSecretString and SecretString")
				}
				generate := p.object("GenerateSecretString")
				generate.between("PasswordLength", 32, 1, 4096)
				if generate.text("GenerateStringKey") != "" && !json.Valid([]byte(generate.text("SecretStringTemplate"))) {
					generate.refuse("SecretStringTemplate", "a JSON object is needed")
				}
			},
			create:     func(_ context.Context, r cloudformation.Request) error { return s.Secrets.put(r) },
			update:     func(_ context.Context, r cloudformation.Request) error { return s.Secrets.put(r) },
			remove:     func(_ context.Context, r cloudformation.Request) error { return s.Secrets.remove(r.PhysicalID) },
			attributes: idAttribute("Id"),
		},
	}
}

// put makes a secret, or changes one that isn't generated.
func (s *Secrets) put(r cloudformation.Request) error {
	p := propertiesOf(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]string{}
	}
	if _, there := s.values[r.PhysicalID]; there && p.has("GenerateSecretString") {
		return nil
	}
	value := p.text("SecretString")
	if p.has("GenerateSecretString") {
		var err error
		if value, err = generate(p.object("GenerateSecretString")); err != nil {
			return err
		}
	}
	s.values[r.PhysicalID] = value
	return nil
}

func (s *Secrets) remove(arn string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, arn)
	return nil
}

// The characters that a password is made of.
const (
	lowerCase   = "abcdefghijklmnopqrstuvwxyz"
	upperCase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// generate returns a password, or a JSON object that holds one: a character of each
// kind at least, as Secrets Manager has it.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
func generate(p properties) (string, error) {
	var kinds []string
	for kind, excluded := range map[string]string{lowerCase: "ExcludeLowercase", upperCase: "ExcludeUppercase", digits: "ExcludeNumbers", punctuation: "ExcludePunctuation"} {
		kept := strings.Map(func(c rune) rune {
			if strings.ContainsRune(p.text("ExcludeCharacters"), c) {
				return -1
			}
			return c
		}, kind)
		if !p.boolean(excluded, false) && kept != "" {
			kinds = append(kinds, kept)
		}
	}
	slices.Sort(kinds)
	all := strings.Join(kinds, "")
	if all == "" {
		return "", &wire.Error{Code: "InvalidRequest", Message: "GenerateSecretString excludes all characters"}
	}
	var password []byte
	for i := range p.integer("PasswordLength", 32) {
		from := all
		if i < len(kinds) {
			from = kinds[i]
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(from))))
		if err != nil {
			return "", err
		}
		password = append(password, from[n.Int64()])
	}
	key := p.text("GenerateStringKey")
	if key == "" {
		return string(password), nil
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(p.text("SecretStringTemplate")), &object); err != nil {
		return "", err
	}
	object[key] = string(password)
	text, err := json.Marshal(object)
	return string(text), err
}
