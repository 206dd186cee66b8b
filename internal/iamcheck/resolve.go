package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	partitions "github.com/tributary-cdk/tributary/internal/partition"
)

// Where the stacks would be, if their templates leave it open.
const (
	account   = "111122223333"
	region    = "eu-west-1"
	partition = partitions.AWS
)

// resolver makes concrete values of a template's expressions: those that the stack
// would have at the place above.
type resolver struct {
	*declarations
	bound   *template.Bound
	exports map[string]any // of the templates of one assembly
}

// newResolver returns a resolver of a template, which has a name. Its exports are added to
// those given.
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
	return r.bound.Evaluate(r.name, expression, template.Lookup{
		Ref:       func(id string) (any, error) { return r.attribute(id, "Ref") },
		Attribute: r.attribute,
		Import: func(export string) (any, error) {
			if value, ok := r.exports[export]; ok {
				return value, nil
			}
			return nil, fmt.Errorf("no template of the app exports %q", export)
		},
	})
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
