package record

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number draws as faker's random.number does: steps of precision, evenly, from a
// lower bound up to but not an upper one.
type number struct{ low, span, precision float64 }

// newNumber returns the number of a range as random.number takes it: max belongs
// to the range unless it is negative.
func newNumber(least, most, precision float64) number {
	if most >= 0 {
		most += precision
	}
	return number{least / precision, most/precision - least/precision, precision}
}

func (n number) draw(g *Generator) float64 {
	return n.precision * math.Floor(g.random()*n.span+n.low)
}

func (n number) append(dst []byte, g *Generator) []byte { return appendNumber(dst, n.draw(g)) }

// appendNumber appends a finite number as JavaScript prints it.
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

// compileNumber compiles random.number: its argument is the greatest number, or
// an object of min (0), max (99999) and precision (1).
func compileNumber(arg any) (op, error) {
	switch arg := arg.(type) {
	case nil:
		return newNumber(0, 99999, 1), nil
	case float64:
		return finite(newNumber(0, arg, 1))
	case map[string]any:
		return compileRange(arg)
	}
	return nil, fmt.Errorf("the argument must be a number, or an object such as {\"min\":1, \"max\":50}, got %s: %w", show(arg), errNaN)
}

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

// joinedMax returns the max that KDG makes of a string: where it adds precision to
// a number, it appends precision's digits to a string. Here newNumber adds it.
func joinedMax(text string, precision float64) (float64, error) {
	most, err := toNumber(text + string(appendNumber(nil, precision)))
	if err != nil {
		return 0, fmt.Errorf("max: write it as a number: %w", err)
	}
	return most - precision, nil
}

// finite returns n if whatever it draws is a finite number.
func finite(n number) (op, error) {
	for _, v := range []float64{n.low, n.span, n.precision * n.low, n.precision * (n.low + n.span)} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("the range is too large: %w", errNaN)
		}
	}
	return n, nil
}

// toNumber returns a number, or the one that a string holds.
func toNumber(value any) (float64, error) {
	switch value := value.(type) {
	case float64:
		return value, nil
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) && !strings.ContainsAny(value, "_xXpP") {
			return n, nil
		}
	}
	return 0, fmt.Errorf("a number, got %s: %w", show(value), errNaN)
}

// price is a number with two decimals, which are zero as in KDG.
type price struct{ number }

func (p price) append(dst []byte, g *Generator) []byte {
	return append(p.number.append(dst, g), ".00"...)
}

// compilePrice compiles commerce.price: whole numbers up to 1000 from the
// argument or 0 on. Of a negative one, KDG always makes "0".
func compilePrice(arg any) (op, error) {
	least, err := leastAmount(arg)
	if err == nil && least < 0 {
		return literal("0"), nil
	}
	return price{newNumber(least, 1000, 1)}, err
}

// compileAmount compiles finance.amount: like commerce.price, but a negative
// argument counts.
func compileAmount(arg any) (op, error) {
	least, err := leastAmount(arg)
	return price{newNumber(least, 1000, 1)}, err
}

func leastAmount(arg any) (float64, error) {
	if arg == nil {
		return 0, nil
	}
	least, err := toNumber(arg)
	if err != nil {
		return 0, fmt.Errorf("the argument is the least amount: %w", err)
	}
	return least, nil
}

// digits is a row of decimal digits.
type digits int

func (n digits) append(dst []byte, g *Generator) []byte {
	for range n {
		dst = append(dst, '0'+byte(g.random()*10))
	}
	return dst
}

// compileDigits compiles a function whose argument is the number of digits.
func compileDigits(standard int) func(arg any) (op, error) {
	return func(arg any) (op, error) {
		n, ok := arg.(float64)
		switch {
		case arg == nil || ok && n == 0:
			return digits(standard), nil
		case !ok || n < 0 || n > 1000:
			return nil, fmt.Errorf("the argument is how many digits, up to 1000, got %s", show(arg))
		}
		return digits(math.Ceil(n)), nil
	}
}

// coordinate is degrees with four decimals, up to as much on both sides of zero.
type coordinate int

func (c coordinate) append(dst []byte, g *Generator) []byte {
	degrees := newNumber(0, float64(c)*2*10000, 1).draw(g)/10000 - float64(c)
	return strconv.AppendFloat(dst, degrees, 'f', 4, 64)
}
