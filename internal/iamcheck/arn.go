package main

import (
	"regexp"
	"strings"
)

// placeholder is a variable in an ARN's format, such as ${StreamName}.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// token is a part of a pattern: one character, or a run of any.
type token struct {
	char byte // 0: any
	many bool // any number of any characters
}

// formatTokens reads the format of a resource type's ARN, of which each variable
// stands for one character or more.
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

func literal(text string) []token {
	tokens := make([]token, len(text))
	for i := range len(text) {
		tokens[i] = token{char: text[i]}
	}
	return tokens
}

// resourceTokens reads a policy's resource, in which * stands for any characters and
// ? for one.
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

// fits reports whether a policy's resource stands for some ARN of the format. Wildcards
// stay within one of the six segments between colons; one that ends early has * for
// the rest.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func fits(resource, format string) bool {
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
		if !meet(resourceTokens(part), formatTokens(want), map[[2]int]bool{}) {
			return false
		}
	}
	return true
}

// meet reports whether a text exists that both patterns match. failed holds pairs of
// lengths that don't.
func meet(a, b []token, failed map[[2]int]bool) bool {
	at := [2]int{len(a), len(b)}
	if failed[at] {
		return false
	}
	var met bool
	switch {
	case len(a) == 0 && len(b) == 0:
		return true
	case len(a) > 0 && a[0].many:
		met = meet(a[1:], b, failed) || len(b) > 0 && meet(a, b[1:], failed)
	case len(b) > 0 && b[0].many:
		met = meet(a, b[1:], failed) || len(a) > 0 && meet(a[1:], b, failed)
	case len(a) > 0 && len(b) > 0:
		met = (a[0].char == 0 || b[0].char == 0 || a[0].char == b[0].char) && meet(a[1:], b[1:], failed)
	}
	if !met {
		failed[at] = true
	}
	return met
}
