package record

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// functions holds the compiler of every function but those of [wordFunctions]. It
// isn't changed.
var functions = map[string]func(arg any) (op, error){
	"random.number":               compileNumber,
	"random.uuid":                 alone(uuid{}),
	"random.boolean":              alone(choice{"false", "true"}),
	"random.arrayElement":         compileArrayElement,
	"random.objectElement":        compileObjectElement,
	"random.weightedArrayElement": compileWeighted,
	"random.alphaNumeric":         alone(characters("0123456789abcdefghijklmnopqrstuvwxyz")),
	"random.words":                compileWords,
	"commerce.price":              compilePrice,
	"finance.amount":              compileAmount,
	"finance.account":             compileDigits(8),
	"finance.mask":                compileDigits(4),
	"date.now":                    compileNow,
	"date.utc":                    compileUTC,
	"date.month":                  alone(choice(monthNames)),
	"date.weekday":                alone(choice(weekdayNames)),
	"internet.ip":                 alone(ip{}),
	"internet.mac":                alone(mac{}),
	"internet.protocol":           alone(choice{"http", "https"}),
	"address.latitude":            alone(coordinate(90)),
	"address.longitude":           alone(coordinate(180)),
}

// compiler returns the compiler of a function, and false if there is none of that
// name.
func compiler(name string) (func(arg any) (op, error), bool) {
	if draw, ok := wordFunctions[name]; ok {
		return func(arg any) (op, error) {
			if err := noArgument(arg); err != nil {
				return nil, err
			}
			return choice(pool(draw)), nil
		}, true
	}
	compile, ok := functions[name]
	return compile, ok
}

// functionNames returns the names of all functions, in order.
func functionNames() []string {
	names := slices.Collect(maps.Keys(functions))
	return slices.Sorted(slices.Values(slices.AppendSeq(names, maps.Keys(wordFunctions))))
}

// alone compiles a function without arguments to o.
func alone(o op) func(arg any) (op, error) {
	return func(arg any) (op, error) { return o, noArgument(arg) }
}

func noArgument(arg any) error {
	if arg != nil {
		return fmt.Errorf("takes no argument, got %s", show(arg))
	}
	return nil
}

var errNaN = errors.New("KDG prints NaN here")

// unknownKeys returns an error which lists the keys of object that aren't in
// known.
func unknownKeys(object map[string]any, known ...string) error {
	var errs []error
	for _, key := range sortedKeys(object) {
		if !slices.Contains(known, key) {
			errs = append(errs, fmt.Errorf("unknown key %q%s", key, suggestion(key, known)))
		}
	}
	return errors.Join(errs...)
}
