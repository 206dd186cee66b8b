package main

import (
	"regexp"
	"strings"
)

// placeholder matches a variable in the format of an ARN, such as ${StreamName}.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// token is a part of a pattern. It matches one character, or any number of characters.
type token struct {
	char byte // the character to match; 0 matches any one character
	many bool // true: match any number of any characters, and ignore char
}

// formatTokens returns the pattern for the ARN format of a resource type. Each variable in
// the format matches one or more characters.
func formatTokens(format string) []token {
	var tokens []token
	at := 0
	for _, found := range placeholder.FindAllStringIndex(format, -1) {
		tokens = append(tokens, literal(format[at:found[0]])...)
		tokens = append(tokens, token{}, token{many: true})
		at = found[1]
	}
	return append(tokens, literal(format[at:])...)
}

// literal returns the pattern that matches only the text.
func literal(text string) []token {
	tokens := make([]token, len(text))
	for i := range len(text) {
		tokens[i] = token{char: text[i]}
	}
	return tokens
}

// resourceTokens returns the pattern for a resource in a policy, in which * matches any
// number of characters and ? matches one character.
func resourceTokens(resource string) []token {
	tokens := literal(resource)
	for i, t := range tokens {
		switch t.char {
		case '*':
			tokens[i] = token{many: true}
		case '?':
			tokens[i] = token{}
		}
	}
	return tokens
}

// matchesFormat reports whether a resource in a policy matches at least one ARN of the
// format. A wildcard matches within one of the six segments that colons separate. If the
// resource has fewer segments, * is assumed for each missing segment.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func matchesFormat(resource, format string) bool {
	const segments = 6
	parts, wanted := strings.SplitN(resource, ":", segments), strings.SplitN(format, ":", segments)
	if resource == "*" {
		return true
	}
	for i, want := range wanted {
		part := "*"
		if i < len(parts) {
			part = parts[i]
		}
		if !overlap(resourceTokens(part), formatTokens(want), map[[2]int]bool{}) {
			return false
		}
	}
	return true
}

// overlap reports whether a text exists that both patterns match. The keys of failed are
// the lengths of the remaining patterns that are known not to overlap.
func overlap(a, b []token, failed map[[2]int]bool) bool {
	at := [2]int{len(a), len(b)}
	if failed[at] {
		return false
	}
	var met bool
	switch {
	case len(a) == 0 && len(b) == 0:
		return true
	case len(a) > 0 && a[0].many:
		met = overlap(a[1:], b, failed) || len(b) > 0 && overlap(a, b[1:], failed)
	case len(b) > 0 && b[0].many:
		met = overlap(a, b[1:], failed) || len(a) > 0 && overlap(a[1:], b, failed)
	case len(a) > 0 && len(b) > 0:
		met = (a[0].char == 0 || b[0].char == 0 || a[0].char == b[0].char) && overlap(a[1:], b[1:], failed)
	}
	if !met {
		failed[at] = true
	}
	return met
}
