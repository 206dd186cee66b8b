package secretsmanager

import (
	"crypto/rand"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Generator generates the value of a secret.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
type Generator struct {
	// Length is the length of the password in characters.
	Length int
	// ExcludeCharacters contains characters that the password must not contain.
	ExcludeCharacters                                                      string
	ExcludeLowercase, ExcludeUppercase, ExcludeNumbers, ExcludePunctuation bool
	// Key is the key under which the password is added to the JSON object Template. If Key
	// is empty, the secret's value is the password itself.
	Key, Template string
}

// The sets of characters for passwords.
const (
	lowerCase   = "abcdefghijklmnopqrstuvwxyz"
	upperCase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// characterSets returns the sets of characters that the password may contain, without the
// excluded characters.
func (g Generator) characterSets() []string {
	var sets []string
	for _, set := range []struct {
		characters string
		excluded   bool
	}{
		{punctuation, g.ExcludePunctuation},
		{digits, g.ExcludeNumbers},
		{upperCase, g.ExcludeUppercase},
		{lowerCase, g.ExcludeLowercase},
	} {
		allowed := strings.Map(func(c rune) rune {
			if strings.ContainsRune(g.ExcludeCharacters, c) {
				return -1
			}
			return c
		}, set.characters)
		if !set.excluded && allowed != "" {
			sets = append(sets, allowed)
		}
	}
	return sets
}

// generate returns a new value: a password, or a JSON object that contains a password.
func (g Generator) generate() (string, error) {
	password, err := g.password()
	if err != nil || g.Key == "" {
		return password, err
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(g.Template), &object); err != nil {
		return "", err
	}
	object[g.Key] = password
	text, err := json.Marshal(object)
	return string(text), err
}

// password returns a new password. Like Secrets Manager, it includes at least one
// character of each set.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
func (g Generator) password() (string, error) {
	sets := g.characterSets()
	all := strings.Join(sets, "")
	if all == "" {
		return "", &wire.Error{Code: "InvalidRequest", Message: "GenerateSecretString excludes all characters; allow some"}
	}
	var password []byte
	for i := range g.Length {
		from := all
		if i < len(sets) {
			from = sets[i]
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(from))))
		if err != nil {
			return "", err
		}
		password = append(password, from[n.Int64()])
	}
	return string(password), nil
}
