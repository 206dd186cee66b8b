package record

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// arguments are the arguments of a function in a template, as encoding/json decodes them.
// Text in the parentheses that is not JSON is one string.
type arguments []any

// at returns argument i, which counts from 0. It returns nil if there is no such argument,
// or if it is null or an empty string.
func (a arguments) at(i int) any {
	if i < len(a) && a[i] != "" {
		return a[i]
	}
	return nil
}

// number returns argument i as a number, or defaultValue if it is missing.
func (a arguments) number(i int, defaultValue float64) (float64, error) {
	switch value := a.at(i).(type) {
	case nil:
		return defaultValue, nil
	case bool:
		return 0, a.invalid(i, "a number")
	default:
		n, err := toNumber(value)
		if err != nil {
			return 0, a.invalid(i, "a number")
		}
		return n, nil
	}
}

// count returns argument i as a whole number from 0 to most, rounded up, or defaultValue if
// it is missing.
func (a arguments) count(i, defaultValue, most int) (int, error) {
	n, err := a.number(i, float64(defaultValue))
	if err != nil || n < 0 || n > float64(most) {
		return 0, a.invalid(i, fmt.Sprintf("from 0 to %d", most))
	}
	return int(math.Ceil(n)), nil
}

// invalid returns an error that says that argument i must be what want describes.
func (a arguments) invalid(i int, want string) error {
	return fmt.Errorf("argument %d must be %s, got %s", i+1, want, show(a.at(i)))
}

// errNaN is in the errors of arguments for which KDG prints NaN.
var errNaN = errors.New("KDG prints NaN here")

// toNumber returns value if it is a number, or the number in it if it is a string.
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
	return 0, fmt.Errorf("must be a number, got %s: %w", show(value), errNaN)
}
