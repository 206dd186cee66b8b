package produce

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// FieldKey returns keys that are a field of the record, which is a JSON object. The
// path names the field, and before it, with dots between, the objects that it is in.
func FieldKey(path string) Key { return fieldKey(strings.Split(path, ".")) }

type fieldKey []string

func (k fieldKey) Append(dst, record []byte, _ time.Time) ([]byte, error) {
	value, err := Field(record, k)
	if err != nil {
		return dst, err
	}
	if value[0] != '"' {
		return append(dst, value...), nil
	}
	if inside := value[1 : len(value)-1]; !strings.Contains(string(inside), `\`) {
		return append(dst, inside...), nil
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return dst, err
	}
	return append(dst, text...), nil
}

// Field returns the JSON value of a field of a JSON object, as it stands there.
func Field(record []byte, path []string) ([]byte, error) {
	scan := scanner{text: record}
	for i, name := range path {
		if !scan.enter(name) {
			return nil, fmt.Errorf("no field %q in %.100q", strings.Join(path[:i+1], "."), record)
		}
	}
	start := scan.blanks()
	if !scan.value() || scan.at == start {
		return nil, fmt.Errorf("field %q isn't JSON in %.100q", strings.Join(path, "."), record)
	}
	return record[start:scan.at], nil
}

// scanner walks over JSON, as far as it must to find a field.
type scanner struct {
	text []byte
	at   int
}

// enter goes to the value of an object's member, and returns false if there is none.
func (s *scanner) enter(name string) bool {
	if s.blanks(); !s.skip('{') {
		return false
	}
	for {
		start := s.blanks()
		if !s.quoted() {
			return false
		}
		key := s.text[start+1 : s.at-1]
		if s.blanks(); !s.skip(':') {
			return false
		}
		if string(key) == name {
			return true
		}
		if !s.value() {
			return false
		}
		if s.blanks(); !s.skip(',') {
			return false
		}
	}
}

func (s *scanner) blanks() int {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	return s.at
}

func (s *scanner) skip(c byte) bool {
	if s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

// quoted passes a string.
func (s *scanner) quoted() bool {
	if !s.skip('"') {
		return false
	}
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return true
		}
	}
	return false
}

// value passes a value: a string, or anything up to the comma or the bracket that
// ends it.
func (s *scanner) value() bool {
	s.blanks()
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			if !s.quoted() {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return true
			}
			depth--
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return true
			}
		}
		s.at++
	}
	return false
}
