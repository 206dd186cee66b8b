package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// setting reads one key's value into a Config.
type setting struct {
	key string
	// kinds are the warehouses that it is for. Nil means all.
	kinds []string
	read  func(*Config, any) error
}

// fits reads the value, unless the setting is for other warehouses than c's.
func (s setting) fits(c *Config, value any) error {
	if s.kinds != nil && !slices.Contains(s.kinds, c.Warehouse.Kind) {
		return fmt.Errorf("is for the warehouse %s, and this one is %s; leave it out, or set tributary:warehouse", strings.Join(s.kinds, " or "), c.Warehouse.Kind)
	}
	return s.read(c, value)
}

// text reads a string that check, if it isn't nil, finds nothing wrong with.
func text(field func(*Config) *string, check func(string) error) func(*Config, any) error {
	return func(c *Config, value any) error {
		s, ok := value.(string)
		if !ok || s == "" {
			return got(value, "a string")
		}
		*field(c) = s
		if check == nil {
			return nil
		}
		return check(s)
	}
}

// oneOf finds whether a string is one of those given.
func oneOf(allowed ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return got(s, "one of "+strings.Join(allowed, ", "))
		}
		return nil
	}
}

// whole reads a whole number of what, within bounds.
func whole(field func(*Config) *int, least, most int, what string) func(*Config, any) error {
	return func(c *Config, value any) error {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || n != float64(int(n)) || n < float64(least) || n > float64(most) {
			return got(value, fmt.Sprintf("a whole number of %s from %d to %d", what, least, most))
		}
		*field(c) = int(n)
		return nil
	}
}

// boolean reads true or false.
func boolean(field func(*Config) *bool) func(*Config, any) error {
	return func(c *Config, value any) error {
		on, err := strconv.ParseBool(fmt.Sprint(value))
		if err != nil {
			return got(value, "true or false")
		}
		*field(c) = on
		return nil
	}
}

// document reads JSON of the same form as example.
func document[T any](field func(*Config) *T, example string) func(*Config, any) error {
	return func(c *Config, value any) error {
		text, ok := value.(string)
		if !ok {
			written, err := json.Marshal(value)
			if err != nil {
				return got(value, "JSON such as "+example)
			}
			text = string(written)
		}
		decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(field(c)); err != nil || decoder.More() {
			return fmt.Errorf("got %s; write JSON such as %s", text, example)
		}
		return nil
	}
}

func got(value any, want string) error {
	written, err := json.Marshal(value)
	if err != nil {
		written = []byte(fmt.Sprint(value))
	}
	return fmt.Errorf("got %s; write %s", written, want)
}
