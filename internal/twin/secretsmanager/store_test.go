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
		"whole value":           {"secretsmanager:" + arn + ":SecretString:::", `{"password":"p"}`, ""},
		"key":                   {"secretsmanager:" + arn + ":SecretString:password::", "p", ""},
		"key does not exist":    {"secretsmanager:" + arn + ":SecretString:user::", "", `secret "` + arn + `": key "user" does not exist`},
		"key, value not JSON":   {"secretsmanager:" + arn + "2:SecretString:user::", "", `secret "` + arn + `2": the value must be a JSON object of strings to resolve the key "user"`},
		"secret does not exist": {"secretsmanager:" + arn + "3:SecretString:::", "", "ResourceNotFoundException: Secrets Manager can't find the specified secret."},
		"another service":       {"ssm:/p:1", "", `dynamic reference "ssm:/p:1": not supported by the local twin; use secretsmanager:<ARN>:SecretString`},
		"SecretBinary":          {"secretsmanager:" + arn + ":SecretBinary", "", `dynamic reference "secretsmanager:` + arn + `:SecretBinary": not supported by the local twin; use secretsmanager:<ARN>:SecretString`},
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

// TestGenerate checks that a generated password has a character of each set, and that a
// second call of Generate does not change it.
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
	generated := value()
	var object struct{ User, Password string }
	if err := json.Unmarshal([]byte(generated), &object); err != nil || object.User != "u" || len(object.Password) != 3 {
		t.Fatalf("got %s, %v; want the template with a password of 3 characters", generated, err)
	}
	for _, set := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "123456789"} {
		if !strings.ContainsAny(object.Password, set) {
			t.Errorf("password %q has no character of %s", object.Password, set)
		}
	}
	if err := s.Generate(arn, g); err != nil || value() != generated {
		t.Errorf("second Generate: got %s, %v; want %s as before", value(), err, generated)
	}
	s.Delete(arn)
	excludesAll := secretsmanager.Generator{Length: 3, ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true}
	if err := s.Generate(arn, excludesAll); err == nil || err.Error() != "InvalidRequest: GenerateSecretString excludes all characters; allow some" {
		t.Errorf("all characters excluded: got %v, want InvalidRequest", err)
	}
}
