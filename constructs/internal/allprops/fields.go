package main

import (
	"reflect"
	"strings"
)

// fields records, for each struct type of the packages below constructs, which of its fields
// were set in some value.
type fields map[reflect.Type]map[string]bool

// with records the fields that are set in props and in the structs that props contains. It
// returns props.
func with[T any](set fields, props *T) *T {
	set.add(reflect.ValueOf(*props))
	return props
}

// add records the fields of a struct, or of the structs in a slice.
func (f fields) add(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Struct {
				f.add(v.Index(i))
			}
		}
	case reflect.Struct:
		if !strings.Contains(v.Type().PkgPath(), "/constructs/") {
			return
		}
		known := f[v.Type()]
		if known == nil {
			known = map[string]bool{}
			f[v.Type()] = known
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.IsExported() {
				known[field.Name] = known[field.Name] || !v.Field(i).IsZero()
				f.add(v.Field(i))
			}
		}
	}
}

// missing returns the fields that no recorded value sets.
func (f fields) missing() []string {
	var names []string
	for props, known := range f {
		for name, set := range known {
			if !set {
				names = append(names, props.String()+"."+name)
			}
		}
	}
	return names
}
