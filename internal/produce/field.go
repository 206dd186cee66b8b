package produce

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// FieldKey returns a Key that takes the partition key from a field of the record, which
// must be a JSON object. The path is the field's name. For a field of a nested object,
// the names of the enclosing objects come first, separated by dots.
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

// Field returns the JSON text of a field of a JSON object, unchanged. The path is the
// names of the enclosing objects, from the outermost on, and the name of the field.
func Field(record []byte, path []string) ([]byte, error) {
	scan := scanner{text: record}
	for i, name := range path {
		if !scan.findMember(name) {
			return nil, fmt.Errorf("field %q: not found in record %.100q", strings.Join(path[:i+1], "."), record)
		}
	}
	start := scan.skipSpace()
	if !scan.skipValue() || scan.at == start {
		return nil, fmt.Errorf("field %q: invalid JSON in record %.100q", strings.Join(path, "."), record)
	}
	return record[start:scan.at], nil
}

// scanner reads JSON text up to the field that it searches for. It does not validate the
// text.
type scanner struct {
	text []byte
	at   int // the current position
}

// findMember moves to the value of the member with this name, in the object at the
// current position. It returns false if there is no object or no such member.
func (s *scanner) findMember(name string) bool {
	if s.skipSpace(); !s.skipByte('{') {
		return false
	}
	for {
		start := s.skipSpace()
		if !s.skipString() {
			return false
		}
		key := s.text[start+1 : s.at-1]
		if s.skipSpace(); !s.skipByte(':') {
			return false
		}
		if string(key) == name {
			return true
		}
		if !s.skipValue() {
			return false
		}
		if s.skipSpace(); !s.skipByte(',') {
			return false
		}
	}
}

// skipSpace skips white space and returns the new position.
func (s *scanner) skipSpace() int {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	return s.at
}

// skipByte skips c. It returns false if the next byte is not c.
func (s *scanner) skipByte(c byte) bool {
	if s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

// skipString skips a string. It returns false if there is no complete string.
func (s *scanner) skipString() bool {
	if !s.skipByte('"') {
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

// skipValue skips white space and a value: a string, or everything up to the comma, the
// white space or the closing bracket that ends the value. It returns false if the text
// ends first.
func (s *scanner) skipValue() bool {
	s.skipSpace()
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			if !s.skipString() {
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
