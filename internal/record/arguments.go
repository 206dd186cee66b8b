package record

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// arguments are what stands in a function's parentheses, as encoding/json decodes
// it, or one string if it isn't JSON.
type arguments []any

// at returns argument i, from 0, or nil for none: so JavaScript's null is none.
func (a arguments) at(i int) any {
	if i < len(a) && a[i] != "" {
		return a[i]
	}
	return nil
}

// number returns argument i as a number, or standard where it is none.
func (a arguments) number(i int, standard float64) (float64, error) {
	switch value := a.at(i).(type) {
	case nil:
		return standard, nil
	case bool:
		return 0, a.refuse(i, "a number")
	default:
		n, err := toNumber(value)
		if err != nil {
			return 0, a.refuse(i, "a number")
		}
		return n, nil
	}
}

// count returns argument i as a count, or standard where it is none.
func (a arguments) count(i, standard, most int) (int, error) {
	n, err := a.number(i, float64(standard))
	if err != nil || n < 0 || n > float64(most) {
		return 0, a.refuse(i, fmt.Sprintf("from 0 to %d", most))
	}
	return int(math.Ceil(n)), nil
}

// refuse returns an error about argument i, which must be something else.
func (a arguments) refuse(i int, want string) error {
	return fmt.Errorf("argument %d must be %s, got %s", i+1, want, show(a.at(i)))
}

var errNaN = errors.New("KDG prints NaN here")

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
