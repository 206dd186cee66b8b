package ddl

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Decode converts value into a T: a [View], a [Schema], another struct with json tags, or
// a slice of these. value is JSON that encoding/json has decoded into an any. Decode also
// accepts booleans and whole numbers as strings, since CloudFormation sends a custom
// resource's properties in that form. A key must match its json tag exactly, including
// case. Every unknown key and every value of a wrong type is returned as a problem. The
// result has all values without a problem.
func Decode[T any](value any) (T, Problems) {
	var (
		result   T
		problems Problems
	)
	decode(value, reflect.ValueOf(&result).Elem(), "", &problems)
	return result, problems
}

// decode stores the value from in to, and appends its problems. path is the path of the value.
func decode(from any, to reflect.Value, path string, problems *Problems) {
	refuse := func(want string) {
		text, _ := json.Marshal(from) // can't fail: from is decoded JSON
		problems.add(path, fmt.Errorf("got %s; write %s", text, want))
	}
	switch to.Kind() {
	case reflect.String:
		if s, ok := from.(string); ok {
			to.SetString(s)
		} else {
			refuse("a string")
		}
	case reflect.Bool:
		switch from {
		case true, "true":
			to.SetBool(true)
		case false, "false":
			to.SetBool(false)
		default:
			refuse("true or false")
		}
	case reflect.Int:
		if n, ok := wholeNumber(from); ok {
			to.SetInt(int64(n))
		} else {
			refuse("a whole number")
		}
	case reflect.Slice:
		items, ok := from.([]any)
		if !ok {
			refuse("a list")
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
		for i, item := range items {
			decode(item, to.Index(i), fmt.Sprintf("%s[%d]", path, i), problems)
		}
	case reflect.Map:
		values, ok := from.(map[string]any)
		if !ok {
			refuse("an object")
			return
		}
		decodeMap(values, to, path, problems)
	case reflect.Struct:
		fields, ok := from.(map[string]any)
		if !ok {
			refuse("an object")
			return
		}
		decodeStruct(fields, to, path, problems)
	default:
		panic(fmt.Sprintf("ddl: Decode does not support the type %s", to.Type()))
	}
}

// wholeNumber converts a JSON number or a string of digits into an int. It reports false
// for all other values.
func wholeNumber(from any) (int, bool) {
	switch n := from.(type) {
	case float64:
		return int(n), n == math.Trunc(n) && math.Abs(n) <= 1<<53 // float64 has all whole numbers up to this one
	case string:
		i, err := strconv.Atoi(n)
		return i, err == nil
	}
	return 0, false
}

// decodeMap stores the values of from in to, which is a map with strings as keys.
func decodeMap(from map[string]any, to reflect.Value, path string, problems *Problems) {
	if path != "" {
		path += "."
	}
	to.Set(reflect.MakeMap(to.Type()))
	for _, key := range slices.Sorted(maps.Keys(from)) {
		value, before := reflect.New(to.Type().Elem()).Elem(), len(*problems)
		if decode(from[key], value, path+key, problems); len(*problems) == before {
			to.SetMapIndex(reflect.ValueOf(key), value)
		}
	}
}

// decodeStruct stores the values of from in the fields of to that have their json tags.
func decodeStruct(from map[string]any, to reflect.Value, path string, problems *Problems) {
	if path != "" {
		path += "."
	}
	known := map[string]reflect.Value{}
	var names []string
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		known[name] = to.Field(i)
		names = append(names, name)
	}
	for _, name := range names {
		if value, ok := from[name]; ok && value != nil { // null means not set
			decode(value, known[name], path+name, problems)
		}
	}
	var unknown []string
	for name := range from {
		if _, ok := known[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		problems.add(path+name, fmt.Errorf("unknown key; write one of %s", strings.Join(names, ", ")))
	}
}
