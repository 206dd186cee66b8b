package main

import (
	"fmt"
	"regexp"
	"strings"
)

// Where the stacks would be, if their templates leave it open.
const (
	account   = "111122223333"
	region    = "eu-west-1"
	partition = "aws"
	suffix    = "amazonaws.com"
)

// resolver makes concrete values of a template's expressions: those that the stack
// would have at the place above.
type resolver struct {
	*template
	exports map[string]any // of the templates of one assembly
}

// export adds what the template exports.
func (r *resolver) export() error {
	for id, output := range r.Outputs {
		if output.Export.Name == nil {
			continue
		}
		name, err := r.text(output.Export.Name)
		if err != nil {
			return fmt.Errorf("%s: output %s: %w", r.name, id, err)
		}
		value, err := r.value(output.Value)
		if err != nil {
			return fmt.Errorf("%s: output %s: %w", r.name, id, err)
		}
		r.exports[name] = value
	}
	return nil
}

// value resolves an expression to string, bool, float64, []any or map[string]any.
// One that it can't resolve is an error.
func (r *resolver) value(expression any) (any, error) {
	switch x := expression.(type) {
	case []any:
		list := make([]any, len(x))
		for i, item := range x {
			var err error
			if list[i], err = r.value(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		if len(x) == 1 {
			for name, argument := range x {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return r.call(name, argument)
				}
			}
		}
		fields := map[string]any{}
		for name, field := range x {
			var err error
			if fields[name], err = r.value(field); err != nil {
				return nil, err
			}
		}
		return fields, nil
	}
	return expression, nil
}

// text resolves an expression that has to be text.
func (r *resolver) text(expression any) (string, error) {
	value, err := r.value(expression)
	if err != nil {
		return "", err
	}
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("%v is %v; want text", expression, value)
	}
	return text, nil
}

// call resolves an intrinsic function.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func (r *resolver) call(name string, argument any) (any, error) {
	list, _ := argument.([]any)
	switch {
	case name == "Ref":
		id, _ := argument.(string)
		return r.ref(id)
	case name == "Fn::GetAtt" && len(list) == 2:
		id, _ := list[0].(string)
		attribute, _ := list[1].(string)
		return r.attribute(id, attribute)
	case name == "Fn::Join" && len(list) == 2:
		separator, _ := list[0].(string)
		items, err := r.value(list[1])
		if err != nil {
			return nil, err
		}
		parts, err := texts(items)
		return strings.Join(parts, separator), err
	case name == "Fn::Split" && len(list) == 2:
		separator, _ := list[0].(string)
		whole, err := r.text(list[1])
		var parts []any
		for _, part := range strings.Split(whole, separator) {
			parts = append(parts, part)
		}
		return parts, err
	case name == "Fn::Select" && len(list) == 2:
		return r.choose(list[0], list[1])
	case name == "Fn::Sub":
		return r.sub(argument)
	case name == "Fn::ImportValue":
		export, err := r.text(argument)
		if value, ok := r.exports[export]; ok || err != nil {
			return value, err
		}
		return nil, fmt.Errorf("no template of the app exports %q", export)
	}
	return nil, fmt.Errorf("can't resolve %s of %v; add it to resolve.go", name, argument)
}

func (r *resolver) choose(index, from any) (any, error) {
	items, err := r.value(from)
	if err != nil {
		return nil, err
	}
	var i int
	list, ok := items.([]any)
	if _, err := fmt.Sscan(fmt.Sprint(index), &i); err != nil || !ok || i < 0 || i >= len(list) {
		return nil, fmt.Errorf("can't select %v of %v", index, items)
	}
	return list[i], nil
}

var variable = regexp.MustCompile(`\$\{([^!}]+)\}`)

// sub resolves Fn::Sub of a text, or of a text and names.
func (r *resolver) sub(argument any) (any, error) {
	names := map[string]any{}
	pattern, ok := argument.(string)
	if list, is := argument.([]any); is && len(list) == 2 {
		pattern, ok = list[0].(string)
		names, _ = list[1].(map[string]any)
	}
	if !ok {
		return nil, fmt.Errorf("can't resolve Fn::Sub of %v", argument)
	}
	var failed error
	text := variable.ReplaceAllStringFunc(pattern, func(found string) string {
		name := strings.TrimSpace(found[2 : len(found)-1])
		expression, given := names[name]
		if id, attribute, dotted := strings.Cut(name, "."); !given && dotted {
			expression = map[string]any{"Fn::GetAtt": []any{id, attribute}}
		} else if !given {
			expression = map[string]any{"Ref": name}
		}
		value, err := r.text(expression)
		if err != nil {
			failed = err
		}
		return value
	})
	return strings.ReplaceAll(text, "${!", "${"), failed
}

// ref resolves a pseudo parameter, a parameter or a resource.
func (r *resolver) ref(id string) (any, error) {
	pseudo := map[string]any{
		"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": partition, "AWS::URLSuffix": suffix, "AWS::StackName": r.name,
		"AWS::StackId": "arn:aws:cloudformation:" + region + ":" + account + ":stack/" + r.name + "/11111111-2222-3333-4444-555555555555",
	}
	if value, ok := pseudo[id]; ok {
		return value, nil
	}
	if parameter, ok := r.Parameters[id]; ok && parameter.Default != nil {
		return parameter.Default, nil
	}
	return r.attribute(id, "Ref")
}
