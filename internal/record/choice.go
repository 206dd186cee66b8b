package record

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// newChoice returns an op that prints one of the texts. All texts are equally likely. There
// must be at least one.
func newChoice(texts []string) op {
	most := 0
	for _, text := range texts {
		most = max(most, len(text))
	}
	if most < 8 {
		return newShort(texts, most)
	}
	c := choice{starts: make([]uint32, 1, len(texts)+1), most: most}
	for _, text := range texts {
		c.texts = append(c.texts, text...)
		c.starts = append(c.starts, uint32(len(c.texts)))
	}
	c.texts = append(c.texts, make([]byte, chunk)...)
	return c
}

// choice is an op that prints one of its texts.
type choice struct {
	texts  []byte   // all texts, one after another, and a chunk of zeros
	starts []uint32 // the offset of each text in texts, and the offset of the end
	most   int      // the length of the longest text
}

func (c choice) room() int { return c.most }

func (c choice) put(buf []byte, at int, g *Generator) int {
	i := g.below(len(c.starts) - 1)
	start, end := c.starts[i], c.starts[i+1]
	putChunks(buf[at:], c.texts[start:], int(end-start))
	return at + int(end-start)
}

// short is an op that prints one of its texts, which have up to 7 bytes.
type short struct {
	texts []uint64 // the bytes of each text, and its length in the highest byte
	most  int      // the length of the longest text
}

// newShort returns an op for texts of which the longest has most bytes.
func newShort(texts []string, most int) short {
	s := short{make([]uint64, len(texts)), most}
	for i, text := range texts {
		var bytes [8]byte
		bytes[7] = byte(copy(bytes[:], text))
		s.texts[i] = binary.LittleEndian.Uint64(bytes[:])
	}
	return s
}

func (s short) room() int { return s.most }

func (s short) put(buf []byte, at int, g *Generator) int {
	text := s.texts[g.below(len(s.texts))]
	binary.LittleEndian.PutUint64(buf[at:], text)
	return at + int(text>>56)
}

// compileArrayElement compiles random.arrayElement. Like KDG, it treats a string as an array
// of its characters.
func compileArrayElement(_ *compiler, args arguments) (op, error) {
	switch arg := args.at(0).(type) {
	case nil:
		return newChoice([]string{"a", "b", "c"}), nil
	case []any:
		return asChoice(elements("element", arg))
	case string:
		return asChoice(elements("character", characters(arg)))
	}
	return nil, fmt.Errorf("the argument must be an array such as [\"a\", \"b\"], got %s", show(args.at(0)))
}

// characters returns the characters of text.
func characters(text string) []any {
	var list []any
	for _, r := range text {
		list = append(list, string(r))
	}
	return list
}

// compileObjectElement compiles random.objectElement, which prints one of the values of an
// object, or one of its keys if the second argument is "key".
func compileObjectElement(_ *compiler, args arguments) (op, error) {
	object, ok := args.at(0).(map[string]any)
	switch {
	case args.at(0) == nil:
		object = map[string]any{"foo": "bar", "too": "car"}
	case !ok:
		return nil, fmt.Errorf("the argument must be an object such as {\"a\":1}, got %s", show(args.at(0)))
	}
	var values []any
	for _, key := range sortedKeys(object) {
		if args.at(1) == "key" {
			values = append(values, key)
		} else {
			values = append(values, object[key])
		}
	}
	return asChoice(elements("value", values))
}

// asChoice returns a choice of the texts, unless err is not nil.
func asChoice(texts []string, err error) (op, error) {
	if err != nil {
		return nil, err
	}
	return newChoice(texts), nil
}

// elements returns the values in the form in which KDG prints them. kind is what the error
// texts call a value, such as "element".
func elements(kind string, values []any) ([]string, error) {
	if len(values) == 0 {
		return nil, errors.New("must not be empty: KDG prints undefined")
	}
	texts := make([]string, len(values))
	var errs []error
	for i, value := range values {
		text, err := element(value)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %d: %w", kind, i+1, err))
		}
		texts[i] = text
	}
	return texts, errors.Join(errs...)
}

// element returns a value in the form in which JavaScript's String.replace inserts it: $$
// becomes $.
func element(value any) (string, error) {
	text, err := toString(value)
	if err != nil {
		return "", err
	}
	for _, special := range []string{"$&", "$`", "$'", "{{"} {
		if strings.Contains(text, special) {
			return "", fmt.Errorf("%q contains %s, which KDG replaces", text, special)
		}
	}
	return strings.ReplaceAll(text, "$$", "$"), nil
}

// toString converts a value to a string like JavaScript's String.
func toString(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "null", nil
	case string:
		return value, nil
	case bool:
		return strconv.FormatBool(value), nil
	case float64:
		return string(appendNumber(nil, value)), nil
	case []any:
		parts := make([]string, len(value))
		for i, v := range value {
			if v == nil {
				continue // JavaScript prints nothing for null in an array
			}
			var err error
			if parts[i], err = toString(v); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, ","), nil
	}
	return "", fmt.Errorf("%s is an object, which KDG prints as [object Object]; write it as a string", show(value))
}

// weighted is an op that prints one of its texts. It draws a random number from 0 to sum,
// and prints the first text whose limit is not below that number.
type weighted struct {
	texts  []chunked
	limits []float64 // the limit of each text
	sum    float64   // the sum of the weights
}

func (w *weighted) room() int {
	most := 0
	for _, text := range w.texts {
		most = max(most, text.length)
	}
	return most
}

func (w *weighted) put(buf []byte, at int, g *Generator) int {
	drawn := g.random() * w.sum
	for i, limit := range w.limits {
		if drawn <= limit {
			return w.texts[i].put(buf, at, g)
		}
	}
	return w.texts[len(w.texts)-1].put(buf, at, g) // the last limit was rounded down, and drawn is above it
}

// compileWeighted compiles random.weightedArrayElement. Its argument is an object with the
// array data and the array weights. The limit of an element is the sum of the weights up to
// its own, which KDG rounds to two decimals after each addition.
func compileWeighted(_ *compiler, args arguments) (op, error) {
	object, _ := args.at(0).(map[string]any)
	data, isData := object["data"].([]any)
	weights, isWeights := object["weights"].([]any)
	if !isData || !isWeights {
		return nil, fmt.Errorf("the argument must be an object such as {\"weights\":[0.3, 0.7], \"data\":[\"a\", \"b\"]}, got %s", show(args.at(0)))
	}
	errs := []error{unknownKeys(object, "weights", "data")}
	if len(data) != len(weights) {
		errs = append(errs, fmt.Errorf("data: has %d elements, but there are %d weights", len(data), len(weights)))
	}
	texts, err := elements("data", data)
	w := &weighted{}
	for _, text := range texts {
		w.texts = append(w.texts, chunkedText(text))
	}
	errs = append(errs, err)
	running := 0.0
	for i, value := range weights {
		weight, ok := value.(float64)
		if !ok || weight < 0 {
			errs = append(errs, fmt.Errorf("weight %d: must be a number that is not negative, got %s", i+1, show(value)))
		}
		w.sum += weight
		running = toHundredths(running + weight)
		w.limits = append(w.limits, running)
	}
	if w.sum == 0 {
		errs = append(errs, errors.New("weights: at least one must be greater than 0"))
	}
	return w, errors.Join(errs...)
}

// toHundredths rounds v to two decimals like JavaScript's toFixed(2). A number exactly
// between two hundredths, which is always a multiple of 1/8, is rounded up.
func toHundredths(v float64) float64 {
	if v*8 == math.Trunc(v*8) {
		return math.Floor(v*100+0.5) / 100
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	return rounded
}

// show returns a value as JSON for an error text, shortened to about 20 characters.
func show(value any) string {
	if value == nil {
		return "nothing"
	}
	text, _ := json.Marshal(value) // can't fail: value is decoded JSON
	return excerpt(string(text))
}

// sortedKeys returns the keys of object in ascending order.
func sortedKeys(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}
