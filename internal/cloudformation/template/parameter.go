package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is the declaration of a parameter in a template.
type Parameter struct {
	Name, Type, Description string
	Default                 *string // nil if the parameter is required
	NoEcho                  bool
	AllowedValues           []string

	pattern              *regexp.Regexp // nil if every value is allowed
	minLength, maxLength *float64       // limits of the length of strings, in characters; nil if unlimited
	minValue, maxValue   *float64       // limits of numbers; nil if unlimited
	constraint           string         // the ConstraintDescription
}

// parameter parses the declaration of a parameter.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (r *reader) parameter(path, name string, raw map[string]any) *Parameter {
	out := &Parameter{Name: name}
	r.section(path, raw, section{
		"Type":                  func(p string, v any) { out.Type = r.text(p, v) },
		"Description":           func(p string, v any) { out.Description = r.text(p, v) },
		"ConstraintDescription": func(p string, v any) { out.constraint = r.text(p, v) },
		"Default":               func(p string, v any) { d := r.scalar(p, v); out.Default = &d },
		"NoEcho":                func(p string, v any) { out.NoEcho = r.scalar(p, v) == "true" },
		"AllowedPattern":        func(p string, v any) { out.pattern = r.pattern(p, v) },
		"AllowedValues":         func(p string, v any) { out.AllowedValues = r.scalars(p, v) },
		"MinLength":             func(p string, v any) { out.minLength = r.number(p, v) },
		"MaxLength":             func(p string, v any) { out.maxLength = r.number(p, v) },
		"MinValue":              func(p string, v any) { out.minValue = r.number(p, v) },
		"MaxValue":              func(p string, v any) { out.maxValue = r.number(p, v) },
	})
	if !out.hasValidType() {
		r.addStrict("Template format error: Unrecognized parameter type: %s", out.Type)
	}
	if out.Default != nil && !out.fromSSM() {
		for _, problem := range out.problems(*out.Default) {
			r.addStrict("Template format error: default of %s: %s", path, problem)
		}
	}
	return out
}

// scalar returns a string, number or boolean as a string.
func (r *reader) scalar(path string, raw any) string {
	out, ok := Text(raw)
	if !ok {
		r.add("Template format error: Every %s member must be a string.", path)
	}
	return out
}

func (r *reader) scalars(path string, raw any) []string {
	all, ok := raw.([]any)
	if !ok {
		r.add("Template format error: %s must be a list", path)
	}
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = r.scalar(path, v)
	}
	return out
}

func (r *reader) number(path string, raw any) *float64 {
	n, err := strconv.ParseFloat(r.scalar(path, raw), 64)
	if err != nil {
		r.addStrict("Template format error: %s must be a number", path)
	}
	return &n
}

// pattern compiles a regular expression that must match the whole value. AWS uses Java's
// syntax. If Go does not support the expression, pattern adds a problem.
func (r *reader) pattern(path string, raw any) *regexp.Regexp {
	text := r.text(path, raw)
	out, err := regexp.Compile(`^(?:` + text + `)$`)
	if err != nil {
		r.addStrict("Template format error: %s: the local twin does not support the pattern %q: %v", path, text, err)
	}
	return out
}

// ssmPrefix is the prefix of SSM parameter types, whose values are read from Systems
// Manager.
const ssmPrefix = "AWS::SSM::Parameter::Value<"

// fromSSM reports whether the parameter has an SSM parameter type. The given value is then
// the name of the Systems Manager parameter from which the actual value is read.
func (p *Parameter) fromSSM() bool { return strings.HasPrefix(p.Type, ssmPrefix) }

// valueType returns the type of the actual value: the type within the brackets of an SSM
// parameter type, or else the type itself.
func (p *Parameter) valueType() string {
	if p.fromSSM() {
		return strings.TrimSuffix(strings.TrimPrefix(p.Type, ssmPrefix), ">")
	}
	return p.Type
}

// isList reports whether Ref returns a list.
func (p *Parameter) isList() bool {
	t := p.valueType()
	return t == "CommaDelimitedList" || strings.HasPrefix(t, "List<")
}

// hasValidType reports whether CloudFormation supports the type.
func (p *Parameter) hasValidType() bool {
	t := p.valueType()
	if inner, ok := strings.CutPrefix(t, "List<"); ok && strings.HasSuffix(inner, ">") {
		t = strings.TrimSuffix(inner, ">")
	}
	specific := regexp.MustCompile(`^AWS::(EC2::[A-Za-z]+::(Id|Name|KeyName|GroupName)|Route53::HostedZone::Id|SSM::Parameter::Name)$`)
	return t == "String" || t == "Number" || t == "CommaDelimitedList" || specific.MatchString(t)
}

// problems returns the problems of a value according to the declaration.
func (p *Parameter) problems(value string) []string {
	var out []string
	members := []string{value}
	if p.isList() {
		members = splitList(value)
	}
	for _, member := range members {
		if problem := p.memberProblem(member); problem != "" {
			if p.constraint != "" {
				problem = "failed to satisfy constraint: " + p.constraint
			}
			out = append(out, fmt.Sprintf("Parameter '%s' %s", p.Name, problem))
		}
	}
	return slices.Compact(out)
}

// memberProblem returns the problem of one member of the value, or "".
func (p *Parameter) memberProblem(member string) string {
	n, err := strconv.ParseFloat(member, 64)
	length := float64(len([]rune(member)))
	switch {
	case strings.Contains(p.valueType(), "Number") && err != nil:
		return "must be a number"
	case p.AllowedValues != nil && !slices.Contains(p.AllowedValues, member):
		return "must be one of AllowedValues"
	case p.pattern != nil && !p.pattern.MatchString(member):
		return "must match pattern " + strings.TrimSuffix(strings.TrimPrefix(p.pattern.String(), "^(?:"), ")$")
	case p.minLength != nil && length < *p.minLength:
		return fmt.Sprintf("must contain at least %v characters", *p.minLength)
	case p.maxLength != nil && length > *p.maxLength:
		return fmt.Sprintf("must contain at most %v characters", *p.maxLength)
	case p.minValue != nil && (err != nil || n < *p.minValue):
		return fmt.Sprintf("must be a number not less than %v", *p.minValue)
	case p.maxValue != nil && (err != nil || n > *p.maxValue):
		return fmt.Sprintf("must be a number not greater than %v", *p.maxValue)
	default:
		return ""
	}
}

// splitList splits a comma-delimited list and trims its members.
func splitList(value string) []string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// resolve returns the value of Ref for the parameter. value is the actual value: for an SSM
// parameter type, the value of the Systems Manager parameter.
func (p *Parameter) resolve(value string) any {
	if !p.isList() {
		return value
	}
	var out []any
	for _, part := range splitList(value) {
		out = append(out, part)
	}
	return out
}
