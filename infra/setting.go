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

// setting reads one key's value into what it sets. Values may be JSON, as cdk.json has
// them, or text, as -c has them.
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

// text reads a string that check, if it isn't nil, finds nothing wrong with.
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

// oneOf finds whether a string is one of those given.
func oneOf(allowed []string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return got(s, "one of "+strings.Join(allowed, ", "))
		}
		return nil
	}
}

// whole reads a whole number of what, within bounds.
func whole(field *int, least, most int, what string) func(any) error {
	return func(value any) error {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || n != float64(int(n)) || n < float64(least) || n > float64(most) {
			return got(value, fmt.Sprintf("a whole number of %s from %d to %d", what, least, most))
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

// document reads JSON of the same form as example.
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

// asJSON returns a value as encoding/json decodes it, whether it is one already or the
// text of one.
func asJSON(value any) (any, error) {
	s, ok := value.(string)
	if !ok {
		return value, nil
	}
	var parsed any
	err := json.Unmarshal([]byte(s), &parsed)
	return parsed, err
}

// written returns a value as people write it: text as it is, all else as JSON.
func written(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return quoted(value)
}

func quoted(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}

func got(value any, want string) error {
	return fmt.Errorf("got %s; write %s", quoted(value), want)
}

// isLowerName finds whether a name of the database is in lower case, as it is written.
func isLowerName(s string) error {
	id, err := ddl.ParseIdent(s)
	if err == nil && id.Name() != s {
		return got(s, strconv.Quote(id.Name()))
	}
	return err
}

// isFunction finds whether dir holds a compiled function.
func isFunction(dir string) error {
	if info, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil || !info.Mode().IsRegular() {
		return got(dir, "a directory that holds the compiled function in a file named bootstrap")
	}
	return nil
}
