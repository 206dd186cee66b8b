package ddl

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Decode returns value, as encoding/json decodes a JSON object into an any, as
// a T: a [Schema], a [View], or another struct with json tags. It takes strings
// for booleans, which CloudFormation makes of a custom resource's properties.
// Every unknown key and every value of a wrong type is a problem; the result
// holds all that was right.
func Decode[T any](value any) (T, Problems) {
	var (
		result   T
		problems Problems
	)
	decode(value, reflect.ValueOf(&result).Elem(), "", &problems)
	return result, problems
}

func decode(from any, to reflect.Value, path string, problems *Problems) {
	refuse := func(want string) {
		text, _ := json.Marshal(from) // it came from JSON
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
	case reflect.Struct:
		fields, ok := from.(map[string]any)
		if !ok {
			refuse("an object")
			return
		}
		decodeStruct(fields, to, path, problems)
	default:
		panic(fmt.Sprintf("ddl: no property is a %s", to.Type()))
	}
}

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
		problems.add(path+name, fmt.Errorf("not known; write one of %s", strings.Join(names, ", ")))
	}
}
