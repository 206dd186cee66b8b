package secretsmanager

import (
	"crypto/rand"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Generator says how the value of a secret is made.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
type Generator struct {
	// Length is the number of characters.
	Length int
	// ExcludeCharacters are characters that the password doesn't have.
	ExcludeCharacters                                                      string
	ExcludeLowercase, ExcludeUppercase, ExcludeNumbers, ExcludePunctuation bool
	// Key is the key of the password in the JSON object Template. If it is empty, the
	// value is the password alone.
	Key, Template string
}

// The characters that a password is made of.
const (
	lowerCase   = "abcdefghijklmnopqrstuvwxyz"
	upperCase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// kinds returns the characters of each kind that the password may have.
func (g Generator) kinds() []string {
	var kinds []string
	for _, kind := range []struct {
		characters string
		excluded   bool
	}{
		{punctuation, g.ExcludePunctuation},
		{digits, g.ExcludeNumbers},
		{upperCase, g.ExcludeUppercase},
		{lowerCase, g.ExcludeLowercase},
	} {
		kept := strings.Map(func(c rune) rune {
			if strings.ContainsRune(g.ExcludeCharacters, c) {
				return -1
			}
			return c
		}, kind.characters)
		if !kind.excluded && kept != "" {
			kinds = append(kinds, kept)
		}
	}
	return kinds
}

// generate returns a password, or a JSON object that holds one.
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

// password returns a password with a character of each kind at least, as Secrets Manager
// has it.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
func (g Generator) password() (string, error) {
	kinds := g.kinds()
	all := strings.Join(kinds, "")
	if all == "" {
		return "", &wire.Error{Code: "InvalidRequest", Message: "GenerateSecretString excludes all characters"}
	}
	var password []byte
	for i := range g.Length {
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
	return string(password), nil
}
