package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// choice is one of some texts, each as likely as the others.
type choice []string

func (c choice) append(dst []byte, g *Generator) []byte {
	return append(dst, c[int(g.random()*float64(len(c)))]...)
}

// compileArrayElement compiles random.arrayElement.
func compileArrayElement(arg any) (op, error) {
	if arg == nil {
		return choice{"a", "b", "c"}, nil
	}
	array, ok := arg.([]any)
	if !ok {
		return nil, fmt.Errorf("the argument must be an array such as [\"a\", \"b\"], got %s", show(arg))
	}
	return asChoice(elements("element", array))
}

// compileObjectElement compiles random.objectElement: one of an object's values.
func compileObjectElement(arg any) (op, error) {
	if arg == nil {
		return choice{"bar", "car"}, nil
	}
	object, ok := arg.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the argument must be an object such as {\"a\":1}, got %s", show(arg))
	}
	var values []any
	for _, key := range sortedKeys(object) {
		values = append(values, object[key])
	}
	return asChoice(elements("value", values))
}

func asChoice(texts []string, err error) (op, error) { return choice(texts), err }

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
	texts  []string
	limits []float64
	sum    float64
}

func (w *weighted) append(dst []byte, g *Generator) []byte {
	at := g.random() * w.sum
	for i, limit := range w.limits {
		if at <= limit {
			return append(dst, w.texts[i]...)
		}
	}
	return append(dst, w.texts[len(w.texts)-1]...) // beyond a limit that was rounded down
}

// compileWeighted compiles random.weightedArrayElement: its argument holds data
// and the weight of each, whose running sum KDG rounds to two decimals.
func compileWeighted(arg any) (op, error) {
	object, _ := arg.(map[string]any)
	data, isData := object["data"].([]any)
	weights, isWeights := object["weights"].([]any)
	if !isData || !isWeights {
		return nil, fmt.Errorf("the argument must be an object such as {\"weights\":[0.3, 0.7], \"data\":[\"a\", \"b\"]}, got %s", show(arg))
	}
	errs := []error{unknownKeys(object, "weights", "data")}
	if len(data) != len(weights) {
		errs = append(errs, fmt.Errorf("data: %d elements, but %d weights", len(data), len(weights)))
	}
	texts, err := elements("data", data)
	w := &weighted{texts: texts}
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
