package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Limits of a template.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	MaxBodyBytes = 51_200    // of a template sent with a request
	MaxURLBytes  = 1_000_000 // of a template fetched from S3

	maxResources  = 500
	maxParameters = 200
	maxMappings   = 200
	maxOutputs    = 200
)

// section maps an object's keys to what reads them; a key without a reader is
// refused by name.
type section map[string]func(path string, raw any)

// Parse reads a template's JSON. What is wrong with it comes back as one
// *[Error] with every problem; the Template beside it, nil if there is no
// reading it at all, is good only for finding more problems.
func Parse(body []byte) (*Template, error) {
	raw, err := decode(body)
	if err != nil {
		return nil, err
	}
	t, r := &Template{}, &reader{}
	r.section("", raw, section{
		"AWSTemplateFormatVersion": r.version,
		"Description":              func(p string, v any) { t.Description = r.text(p, v) },
		"Metadata":                 func(p string, v any) { t.Metadata = r.entries(p, v) },
		"Parameters":               func(p string, v any) { t.Parameters = each(r, p, v, maxParameters, r.parameter) },
		"Mappings":                 func(p string, v any) { t.Mappings = each(r, p, v, maxMappings, r.mapping) },
		"Conditions":               func(p string, v any) { t.conditions = each(r, p, v, 0, r.condition) },
		"Rules":                    func(p string, v any) { t.rules = each(r, p, v, 0, r.rule) },
		"Resources":                func(p string, v any) { t.Resources = each(r, p, v, maxResources, r.resource) },
		"Outputs":                  func(p string, v any) { t.Outputs = each(r, p, v, maxOutputs, r.output) },
	})
	if len(t.Resources) == 0 {
		r.add("Template format error: At least one Resources member must be defined.")
	}
	if r.err() == nil {
		t.check(&r.problems)
	}
	return t, r.err()
}

// decode reads exactly one JSON object.
func decode(body []byte) (map[string]any, error) {
	var raw map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&raw); err != nil {
		return nil, refuse("Template format error: JSON not well-formed: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuse("Template format error: JSON not well-formed: more than one value")
	}
	return raw, nil
}

// section reads raw's keys by readers, in order of keys.
func (r *reader) section(path string, raw map[string]any, readers section) {
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		at := strings.TrimPrefix(path+"/"+key, "/")
		if read, ok := readers[key]; ok {
			read(at, raw[key])
		} else {
			r.addStrict("Template format error: %s is not supported", at)
		}
	}
}

// each reads a section whose entries the template's author named.
func each[T any](r *reader, path string, raw any, limit int, read func(path, name string, raw map[string]any) T) map[string]T {
	entries := r.entries(path, raw)
	if limit > 0 && len(entries) > limit {
		r.addStrict("Template format error: Number of %s, %d, is greater than maximum allowed, %d",
			strings.ToLower(path), len(entries), limit)
	}
	alphanumeric := regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	out := make(map[string]T, len(entries))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		at := path + "/" + name
		if !alphanumeric.MatchString(name) {
			r.addStrict("Template format error: %s name %q is non alphanumeric.", strings.TrimSuffix(path, "s"), name)
		}
		out[name] = read(at, name, r.entries(at, entries[name]))
	}
	return out
}

func (r *reader) version(path string, raw any) {
	if raw != "2010-09-09" {
		r.add("Template format error: unsupported value for %s.", path)
	}
}

// entries returns raw as an object.
func (r *reader) entries(path string, raw any) map[string]any {
	out, ok := raw.(map[string]any)
	if !ok {
		r.add("Template format error: %s must be an object", path)
	}
	return out
}

// text returns raw as a string.
func (r *reader) text(path string, raw any) string {
	out, ok := raw.(string)
	if !ok {
		r.add("Template format error: %s must be a string", path)
	}
	return out
}

func (r *reader) mapping(path, _ string, raw map[string]any) map[string]map[string]any {
	out := make(map[string]map[string]any, len(raw))
	for key, value := range raw {
		out[key] = r.entries(path+"/"+key, value)
	}
	return out
}

// condition parses a named condition. Its object is the function call itself.
func (r *reader) condition(path, _ string, raw map[string]any) expression {
	return r.expression(path, inConditions, raw)
}

func (r *reader) rule(path, _ string, raw map[string]any) *rule {
	out := &rule{}
	r.section(path, raw, section{
		"RuleCondition": func(p string, v any) { out.condition = r.expression(p, inRules, v) },
		"Assertions": func(p string, v any) {
			all, ok := v.([]any)
			if !ok {
				r.add("Template format error: %s must be a list", p)
			}
			for i, one := range all {
				at := fmt.Sprintf("%s/%d", p, i)
				out.assertions = append(out.assertions, r.assertion(at, r.entries(at, one)))
			}
		},
	})
	return out
}

func (r *reader) assertion(path string, raw map[string]any) assertion {
	var out assertion
	r.section(path, raw, section{
		"Assert":            func(p string, v any) { out.assert = r.expression(p, inRules, v) },
		"AssertDescription": func(p string, v any) { out.description = r.text(p, v) },
	})
	if out.assert == nil {
		r.add("Template format error: %s must have an Assert", path)
		out.assert = literal{true}
	}
	return out
}

func (r *reader) resource(path, id string, raw map[string]any) *Resource {
	out := &Resource{LogicalID: id, DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete", properties: object{}}
	r.section(path, raw, section{
		"Type":       func(p string, v any) { out.Type = r.text(p, v) },
		"Condition":  func(p string, v any) { out.Condition = r.text(p, v) },
		"Metadata":   func(p string, v any) { out.metadata = r.expression(p, inValues, v) },
		"DependsOn":  func(p string, v any) { out.DependsOn = r.names(p, v) },
		"Properties": func(p string, v any) { out.properties = r.properties(p, v) },
		"DeletionPolicy": func(p string, v any) {
			out.DeletionPolicy = r.oneOf(p, v, "Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
		},
		"UpdateReplacePolicy": func(p string, v any) {
			out.UpdateReplacePolicy = r.oneOf(p, v, "Delete", "Retain", "Snapshot")
		},
	})
	if out.Type == "" {
		r.addStrict("Template format error: [%s] Every Resources object must contain a Type member.", path)
	}
	return out
}

// properties parses a resource's properties, which can't be a function call as
// a whole.
func (r *reader) properties(path string, raw any) object {
	entries := r.entries(path, raw)
	if name, _, ok := r.intrinsic(path, inValues, entries); ok && !r.lenient {
		r.add("Template format error: %s can't be %s as a whole", path, name)
		return object{}
	}
	return r.object(path, inValues, entries)
}

// names parses a name or a list of names.
func (r *reader) names(path string, raw any) []string {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = r.text(path, v)
	}
	return out
}

// oneOf parses a string with a fixed set of values.
func (r *reader) oneOf(path string, raw any, allowed ...string) string {
	value := r.text(path, raw)
	if !slices.Contains(allowed, value) {
		r.addStrict("Template format error: Unrecognized value %q for %s; one of [%s] is wanted", value, path, strings.Join(allowed, ", "))
	}
	return value
}

func (r *reader) output(path, name string, raw map[string]any) *Output {
	out := &Output{Name: name}
	r.section(path, raw, section{
		"Description": func(p string, v any) { out.Description = r.text(p, v) },
		"Condition":   func(p string, v any) { out.Condition = r.text(p, v) },
		"Value":       func(p string, v any) { out.value = r.expression(p, inValues, v) },
		"Export": func(p string, v any) {
			r.section(p, r.entries(p, v), section{
				"Name": func(p string, v any) { out.export = r.expression(p, inValues, v) },
			})
		},
	})
	if out.value == nil {
		r.add("Template format error: Every Outputs member must contain a Value object at %s", path)
		out.value = literal{""}
	}
	return out
}
