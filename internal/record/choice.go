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

// newChoice returns an op that makes one of some texts, each as likely as the
// others. There is one at least.
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

// choice is one of some texts, which lie one behind the other.
type choice struct {
	texts  []byte
	starts []uint32 // of each, and in the end of what would follow
	most   int
}

func (c choice) room() int { return c.most }

func (c choice) put(buf []byte, at int, g *Generator) int {
	i := g.below(len(c.starts) - 1)
	start, end := c.starts[i], c.starts[i+1]
	putChunks(buf[at:], c.texts[start:], int(end-start))
	return at + int(end-start)
}

// short is one of some texts of up to 7 bytes, each with its length in the eighth.
type short struct {
	texts []uint64
	most  int
}

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

// compileArrayElement compiles random.arrayElement. Of a text, which KDG takes for
// an array of its characters, it makes one.
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

func characters(text string) []any {
	var list []any
	for _, r := range text {
		list = append(list, string(r))
	}
	return list
}

// compileObjectElement compiles random.objectElement: one of an object's values.
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

func asChoice(texts []string, err error) (op, error) {
	if err != nil {
		return nil, err
	}
	return newChoice(texts), nil
}

// elements returns values as KDG prints them. What names one in an error.
func elements(what string, values []any) ([]string, error) {
	if len(values) == 0 {
		return nil, errors.New("must not be empty: KDG prints undefined")
	}
	texts := make([]string, len(values))
	var errs []error
	for i, value := range values {
		text, err := element(value)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %d: %w", what, i+1, err))
		}
		texts[i] = text
	}
	return texts, errors.Join(errs...)
}

// element returns a value as JavaScript's String.replace puts it into a text,
// where $$ means $.
func element(value any) (string, error) {
	text, err := toString(value)
	if err != nil {
		return "", err
	}
	for _, special := range []string{"$&", "$`", "$'", "{{"} {
		if strings.Contains(text, special) {
			return "", fmt.Errorf("%q holds %s, which KDG replaces", text, special)
		}
	}
	return strings.ReplaceAll(text, "$$", "$"), nil
}

// toString returns a value as JavaScript makes a string of it.
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
				continue // an array's null is empty
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

// weighted is one of some texts: the first whose limit isn't below a random
// number up to sum.
type weighted struct {
	texts  []chunked
	limits []float64
	sum    float64
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
	return w.texts[len(w.texts)-1].put(buf, at, g) // beyond a limit that was rounded down
}

// compileWeighted compiles random.weightedArrayElement: its argument holds data
// and the weight of each, whose running sum KDG rounds to two decimals.
func compileWeighted(_ *compiler, args arguments) (op, error) {
	object, _ := args.at(0).(map[string]any)
	data, isData := object["data"].([]any)
	weights, isWeights := object["weights"].([]any)
	if !isData || !isWeights {
		return nil, fmt.Errorf("the argument must be an object such as {\"weights\":[0.3, 0.7], \"data\":[\"a\", \"b\"]}, got %s", show(args.at(0)))
	}
	errs := []error{unknownKeys(object, "weights", "data")}
	if len(data) != len(weights) {
		errs = append(errs, fmt.Errorf("data: %d elements, but %d weights", len(data), len(weights)))
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
			errs = append(errs, fmt.Errorf("weight %d: a number from 0 on, got %s", i+1, show(value)))
		}
		w.sum += weight
		running = toHundredths(running + weight)
		w.limits = append(w.limits, running)
	}
	if w.sum == 0 {
		errs = append(errs, errors.New("weights: one at least must be more than 0"))
	}
	return w, errors.Join(errs...)
}

// toHundredths rounds as JavaScript's toFixed(2) does: halves, which only eighths
// can be, away from zero.
func toHundredths(v float64) float64 {
	if v*8 == math.Trunc(v*8) {
		return math.Floor(v*100+0.5) / 100
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	return rounded
}

// show returns a value as JSON, to quote it in an error.
func show(value any) string {
	if value == nil {
		return "nothing"
	}
	text, _ := json.Marshal(value) // it was JSON before
	return excerpt(string(text))
}

func sortedKeys(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}
