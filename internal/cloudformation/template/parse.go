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
	MaxBodyBytes = 51_200    // size of a template in a request
	MaxURLBytes  = 1_000_000 // size of a template in S3

	maxResources  = 500
	maxParameters = 200
	maxMappings   = 200
	maxOutputs    = 200
)

// section maps the supported keys of an object to the functions that parse their values.
type section map[string]func(path string, raw any)

// Parse parses a template in JSON. If the template is invalid, Parse returns an *[Error]
// with all problems. It then also returns the parsed Template, which the caller may use
// only to find more problems. The Template is nil if body is not JSON.
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
		"Parameters":               func(p string, v any) { t.Parameters = readEntries(r, p, v, maxParameters, r.parameter) },
		"Mappings":                 func(p string, v any) { t.Mappings = readEntries(r, p, v, maxMappings, r.mapping) },
		"Conditions":               func(p string, v any) { t.conditions = readEntries(r, p, v, 0, r.condition) },
		"Rules":                    func(p string, v any) { t.rules = readEntries(r, p, v, 0, r.rule) },
		"Resources":                func(p string, v any) { t.Resources = readEntries(r, p, v, maxResources, r.resource) },
		"Outputs":                  func(p string, v any) { t.Outputs = readEntries(r, p, v, maxOutputs, r.output) },
	})
	if len(t.Resources) == 0 {
		r.add("Template format error: At least one Resources member must be defined.")
	}
	if r.err() == nil {
		t.check(&r.problems)
	}
	return t, r.err()
}

// decode decodes a body that must consist of exactly one JSON object.
func decode(body []byte) (map[string]any, error) {
	var raw map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&raw); err != nil {
		return nil, newError("Template format error: JSON not well-formed: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, newError("Template format error: JSON not well-formed: more than one value")
	}
	return raw, nil
}

// section calls the functions in readers with the values in raw, in order of the keys. It
// adds a problem for each key without a function.
func (r *reader) section(path string, raw map[string]any, readers section) {
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		entryPath := strings.TrimPrefix(path+"/"+key, "/")
		if read, ok := readers[key]; ok {
			read(entryPath, raw[key])
		} else {
			r.addStrict("Template format error: %s is not supported", entryPath)
		}
	}
}

// readEntries parses a section whose entries have names that the template's author chose.
// It adds a problem if the section has more than limit entries. A limit of 0 means no
// limit.
func readEntries[T any](r *reader, path string, raw any, limit int, read func(path, name string, raw map[string]any) T) map[string]T {
	entries := r.entries(path, raw)
	if limit > 0 && len(entries) > limit {
		r.addStrict("Template format error: Number of %s, %d, is greater than maximum allowed, %d",
			strings.ToLower(path), len(entries), limit)
	}
	alphanumeric := regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	out := make(map[string]T, len(entries))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entryPath := path + "/" + name
		if !alphanumeric.MatchString(name) {
			r.addStrict("Template format error: %s name %q is non alphanumeric.", strings.TrimSuffix(path, "s"), name)
		}
		out[name] = read(entryPath, name, r.entries(entryPath, entries[name]))
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

// condition parses a condition. raw is the call of a function.
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
				entryPath := fmt.Sprintf("%s/%d", p, i)
				out.assertions = append(out.assertions, r.assertion(entryPath, r.entries(entryPath, one)))
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

// properties parses the properties of a resource. The object of properties itself can't be
// the call of a function.
func (r *reader) properties(path string, raw any) object {
	entries := r.entries(path, raw)
	if name, _, ok := r.intrinsic(path, inValues, entries); ok && !r.lenient {
		r.add("Template format error: %s must be an object of properties, not a call of %s", path, name)
		return object{}
	}
	return r.object(path, inValues, entries)
}

// names parses a string or a list of strings.
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

// oneOf parses a string that must be one of allowed.
func (r *reader) oneOf(path string, raw any, allowed ...string) string {
	value := r.text(path, raw)
	if !slices.Contains(allowed, value) {
		r.addStrict("Template format error: Unrecognized value %q for %s; use one of [%s]", value, path, strings.Join(allowed, ", "))
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
