package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	partitions "github.com/tributary-cdk/tributary/internal/partition"
)

// The account, region and partition for stacks whose templates do not set them.
const (
	account   = "111122223333"
	region    = "eu-west-1"
	partition = partitions.AWS
)

// resolver resolves the expressions of a template to the values that a stack would have in
// the account, region and partition above.
type resolver struct {
	*declarations
	bound   *template.Bound
	exports map[string]any // exported values of all templates in the cloud assembly, by export name
}

// newResolver returns a resolver for the template with this name and text. The method
// export adds the template's exports to the map exports.
func newResolver(name string, text []byte, exports map[string]any) (*resolver, error) {
	declared, err := readDeclarations(name, text)
	if err != nil {
		return nil, err
	}
	t, err := template.ParseLenient(text)
	if err != nil {
		return nil, err
	}
	stack := arn.ARN{
		Partition: partition, Service: "cloudformation", Region: region, AccountID: account,
		Resource: "stack/" + name + "/11111111-2222-3333-4444-555555555555",
	}
	bound := t.BindKnown(nil, template.Environment{Region: region, Account: account, Partition: partition, StackName: name, StackID: stack.String()})
	return &resolver{declared, bound, exports}, nil
}

// export resolves the template's exports and adds them to r.exports.
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
// It returns an error if it can't resolve the expression.
func (r *resolver) value(expression any) (any, error) {
	return r.bound.Evaluate(r.name, expression, template.Lookup{
		Ref:       func(id string) (any, error) { return r.attribute(id, "Ref") },
		Attribute: r.attribute,
		Import: func(export string) (any, error) {
			if value, ok := r.exports[export]; ok {
				return value, nil
			}
			return nil, fmt.Errorf("no template of the cloud assembly exports %q", export)
		},
	})
}

// text resolves an expression. It returns an error if the value is not a string.
func (r *resolver) text(expression any) (string, error) {
	value, err := r.value(expression)
	if err != nil {
		return "", err
	}
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("%v is %v; want a string", expression, value)
	}
	return text, nil
}
