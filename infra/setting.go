package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// setting reads the value of a key into a field of the configuration. A value may be decoded
// JSON, as from cdk.json, or text, as from -c.
type setting struct {
	key  string
	read func(value any) error
}

// keys returns the settings' keys.
func keys(settings []setting) []string {
	list := make([]string, len(settings))
	for i, s := range settings {
		list[i] = s.key
	}
	return list
}

// text reads a string. check, which may be nil, returns an error if the string is invalid.
func text(field *string, check func(string) error) func(any) error {
	return func(value any) error {
		s, ok := value.(string)
		if !ok || s == "" {
			return got(value, "a string")
		}
		*field = s
		if check == nil {
			return nil
		}
		return check(s)
	}
}

// oneOf returns a check that a string is one of those allowed.
func oneOf(allowed []string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return got(s, "one of "+strings.Join(allowed, ", "))
		}
		return nil
	}
}

// whole reads a whole number from least to most. The unit is for the error.
func whole(field *int, least, most int, unit string) func(any) error {
	return func(value any) error {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || n != float64(int(n)) || n < float64(least) || n > float64(most) {
			return got(value, fmt.Sprintf("a whole number of %s from %d to %d", unit, least, most))
		}
		*field = int(n)
		return nil
	}
}

// boolean reads true or false.
func boolean(field *bool) func(any) error {
	return func(value any) error {
		on, err := strconv.ParseBool(fmt.Sprint(value))
		if err != nil {
			return got(value, "true or false")
		}
		*field = on
		return nil
	}
}

// document reads JSON. The error contains example as a valid value.
func document[T any](field *T, example string) func(any) error {
	return func(value any) error {
		parsed, err := asJSON(value)
		decoded, problems := ddl.Decode[T](parsed)
		if err != nil || len(problems) > 0 {
			return fmt.Errorf("got %s; write JSON such as %s", written(value), example)
		}
		*field = decoded
		return nil
	}
}

// asJSON returns decoded JSON: the value itself, or if it is a string, the JSON in it.
func asJSON(value any) (any, error) {
	s, ok := value.(string)
	if !ok {
		return value, nil
	}
	var parsed any
	err := json.Unmarshal([]byte(s), &parsed)
	return parsed, err
}

// written returns a value as the user wrote it: a string unchanged, any other value as JSON.
func written(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return quoted(value)
}

// quoted returns a value as JSON.
func quoted(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}

// got returns an error that quotes an invalid value, and says what to write instead.
func got(value any, want string) error {
	return fmt.Errorf("got %s; write %s", quoted(value), want)
}

// isLowerName checks that a string is a name in Redshift, in lower case.
func isLowerName(s string) error {
	id, err := ddl.ParseIdent(s)
	if err == nil && id.Name() != s {
		return got(s, strconv.Quote(id.Name()))
	}
	return err
}

// isFunction checks that dir contains a compiled function.
func isFunction(dir string) error {
	if info, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil || !info.Mode().IsRegular() {
		return got(dir, "a directory that contains the compiled function in a file named bootstrap")
	}
	return nil
}
