package secretsmanager_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
)

const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-abcdef"

func TestResolve(t *testing.T) {
	t.Parallel()
	var s secretsmanager.Store
	s.Put(arn, `{"password":"p"}`)
	s.Put(arn+"2", "text")
	tests := map[string]struct{ reference, value, problem string }{
		"the whole":        {"secretsmanager:" + arn + ":SecretString:::", `{"password":"p"}`, ""},
		"a key":            {"secretsmanager:" + arn + ":SecretString:password::", "p", ""},
		"another key":      {"secretsmanager:" + arn + ":SecretString:user::", "", "the secret " + arn + ` has no key "user"`},
		"a key of a text":  {"secretsmanager:" + arn + "2:SecretString:user::", "", "the secret " + arn + "2 is no JSON object"},
		"no such secret":   {"secretsmanager:" + arn + "3:SecretString:::", "", "ResourceNotFoundException: Secrets Manager can't find the specified secret."},
		"another service":  {"ssm:/p:1", "", "the local twin resolves references to Secrets Manager's SecretString only"},
		"a secret's bytes": {"secretsmanager:" + arn + ":SecretBinary", "", "the local twin resolves references to Secrets Manager's SecretString only"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			value, err := s.Resolve(context.Background(), test.reference)
			problem := ""
			if err != nil {
				problem = err.Error()
			}
			if value != test.value || problem != test.problem {
				t.Errorf("want %q, %q; got %q, %q", test.value, test.problem, value, problem)
			}
		})
	}
}

// TestGenerate makes a password of each kind of characters, once.
func TestGenerate(t *testing.T) {
	t.Parallel()
	var s secretsmanager.Store
	value := func() string {
		text, err := s.Resolve(context.Background(), "secretsmanager:"+arn+":SecretString:::")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	g := secretsmanager.Generator{Length: 3, ExcludePunctuation: true, ExcludeCharacters: "0", Key: "password", Template: `{"user":"u"}`}
	if err := s.Generate(arn, g); err != nil {
		t.Fatal(err)
	}
	made := value()
	var object struct{ User, Password string }
	if err := json.Unmarshal([]byte(made), &object); err != nil || object.User != "u" || len(object.Password) != 3 {
		t.Fatalf("got %s, %v, want the template with a password of 3 characters", made, err)
	}
	for _, kind := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "123456789"} {
		if !strings.ContainsAny(object.Password, kind) {
			t.Errorf("%q has none of %s", object.Password, kind)
		}
	}
	if err := s.Generate(arn, g); err != nil || value() != made {
		t.Errorf("generated again: %s, %v; want %s as before", value(), err, made)
	}
	s.Delete(arn)
	nothing := secretsmanager.Generator{Length: 3, ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true}
	if err := s.Generate(arn, nothing); err == nil || err.Error() != "InvalidRequest: GenerateSecretString excludes all characters" {
		t.Errorf("without characters: got %v", err)
	}
}
