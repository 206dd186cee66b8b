package record

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// mostListed is the highest number of values of a range for which the texts are computed in
// advance. A text takes 8 bytes, so the texts of a template fit into the processor's cache.
const mostListed = 2048

// number is an op for a random number like that of faker's random.number. It is a random
// whole number from low up to, but not including, low + span, multiplied by precision.
type number struct{ low, span, precision float64 }

// newNumber returns an op for a random number from least to most. Like in faker, most is
// included only if it is not negative.
func newNumber(least, most, precision float64) number {
	if most >= 0 {
		most += precision
	}
	return number{least / precision, most/precision - least/precision, precision}
}

// fast returns the fastest op that prints the same random numbers as n, each with the text
// after behind it.
func (n number) fast(after string) op {
	const exact = 1 << 53
	whole := n.low == math.Trunc(n.low) && n.span == math.Trunc(n.span) &&
		n.span >= 1 && math.Abs(n.low) < exact && n.span < exact
	switch {
	case whole && n.span <= mostListed:
		texts := make([]string, int(n.span))
		for i := range texts {
			texts[i] = string(appendNumber(nil, n.precision*(n.low+float64(i)))) + after
		}
		return newChoice(texts)
	case whole && n.precision == 1 && after == "":
		return integer{int64(n.low), uint64(n.span)}
	case after == "":
		return n
	}
	return sequence{n.fast(""), literal(after)}
}

func (n number) room() int { return len("-1.7976931348623157e+308") }

// draw returns a random number.
func (n number) draw(g *Generator) float64 {
	return n.precision * math.Floor(g.random()*n.span+n.low)
}

func (n number) put(buf []byte, at int, g *Generator) int {
	return at + len(appendNumber(buf[at:at:len(buf)], n.draw(g)))
}

// integer is an op for a random whole number from low up to, but not including, low + span.
type integer struct {
	low  int64
	span uint64
}

func (n integer) room() int { return len("-9007199254740991") }

func (n integer) put(buf []byte, at int, g *Generator) int {
	drawn, _ := bits.Mul64(g.bits()&^math.MaxUint32, n.span) // uses the upper 32 bits, like random
	value := n.low + int64(drawn)
	if value < 0 {
		buf[at] = '-'
		at, value = at+1, -value
	}
	return putUint(buf, at, uint64(value))
}

// appendNumber appends a finite number in the form in which JavaScript prints it.
func appendNumber(dst []byte, v float64) []byte {
	switch size := math.Abs(v); {
	case v == math.Trunc(v) && size < 1<<53:
		return strconv.AppendInt(dst, int64(v), 10)
	case size < 1e-6 || size >= 1e21:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
		dst = append(append(append(dst, mantissa...), 'e'), exponent[0])
		return append(dst, strings.TrimLeft(exponent[1:], "0")...)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// compileNumber compiles random.number. Its argument is the largest number, or an object with
// the keys min (default: 0), max (default: 99999) and precision (default: 1).
func compileNumber(_ *compiler, args arguments) (op, error) {
	switch arg := args.at(0).(type) {
	case nil:
		return newNumber(0, 99999, 1).fast(""), nil
	case float64:
		return finite(newNumber(0, arg, 1))
	case map[string]any:
		return compileRange(arg)
	}
	return nil, fmt.Errorf("the argument must be a number, or an object such as {\"min\":1, \"max\":50}, got %s: %w", show(args.at(0)), errNaN)
}

// compileRange compiles random.number with an object as its argument.
func compileRange(object map[string]any) (op, error) {
	least, most, precision := 0.0, 99999.0, 1.0
	errs := []error{unknownKeys(object, "min", "max", "precision")}
	read := func(key string, into *float64) {
		value, ok := object[key]
		if !ok {
			return
		}
		number, err := toNumber(value)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		*into = number
	}
	read("min", &least)
	read("max", &most)
	read("precision", &precision)
	if precision == 0 {
		errs = append(errs, fmt.Errorf("precision: must not be 0: %w", errNaN))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if text, ok := object["max"].(string); ok && most >= 0 {
		var err error
		if most, err = joinedMax(text, precision); err != nil {
			return nil, err
		}
	}
	return finite(newNumber(least, most, precision))
}

// joinedMax returns the max that KDG computes if max is a string. KDG adds precision to max,
// which in JavaScript appends the digits of precision to a string. joinedMax subtracts
// precision from the result, since newNumber adds it.
func joinedMax(text string, precision float64) (float64, error) {
	most, err := toNumber(text + string(appendNumber(nil, precision)))
	if err != nil {
		return 0, fmt.Errorf("max: must be a number without quotes: %w", err)
	}
	return most - precision, nil
}

// finite returns the op of n, or an error if n can be infinite or NaN.
func finite(n number) (op, error) {
	for _, v := range []float64{n.low, n.span, n.precision * n.low, n.precision * (n.low + n.span)} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("the range is too large: %w", errNaN)
		}
	}
	return n.fast(""), nil
}

// unknownKeys returns an error for each key of object that is not in known.
func unknownKeys(object map[string]any, known ...string) error {
	var errs []error
	for _, key := range sortedKeys(object) {
		if !slices.Contains(known, key) {
			errs = append(errs, fmt.Errorf("unknown key %q%s", key, suggestion(key, known)))
		}
	}
	return errors.Join(errs...)
}
