package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/tributary-cdk/tributary/internal/templates"
)

// declarations are the resources and outputs of a template, with unresolved expressions.
type declarations struct {
	name      string
	Resources map[string]*declared
	Outputs   map[string]struct {
		Value  any
		Export struct{ Name any }
	}
}

// declared is a resource of a template.
type declared struct {
	Type       string
	Properties map[string]any
}

// readDeclarations decodes the resources and outputs of a template.
func readDeclarations(name string, text []byte) (*declarations, error) {
	d := &declarations{name: name}
	return d, json.Unmarshal(text, d)
}

// read reads templates and returns a resolver for each. Templates of one cloud assembly may
// import each other's exports.
func read(list []templates.Template) ([]*resolver, error) {
	exports := map[string]map[string]any{}
	var read []*resolver
	for _, t := range list {
		text, err := os.ReadFile(t.File)
		if err != nil {
			return nil, err
		}
		if exports[t.Assembly] == nil {
			exports[t.Assembly] = map[string]any{}
		}
		r, err := newResolver(t.Name, text, exports[t.Assembly])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.File, err)
		}
		read = append(read, r)
	}
	for _, r := range read {
		if err := r.export(); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// statements returns all policy statements of a template, sorted by logical id, and an
// error for each statement that can't be read.
func (r *resolver) statements() (found []*statement, problems []error) {
	for _, id := range slices.Sorted(maps.Keys(r.Resources)) {
		resource := r.Resources[id]
		if resource.Type == "AWS::Lambda::Permission" {
			resource = permission(resource)
		}
		for _, key := range slices.Sorted(maps.Keys(resource.Properties)) {
			at := statement{template: r.name, resource: id, kind: kindOf(resource.Type, key)}
			s, p := r.within(at, key, resource.Properties[key])
			found, problems = append(found, s...), append(problems, p...)
		}
	}
	return found, problems
}

// within returns the statements of all policy documents within a value. path is the
// property path of the value, which becomes the label of its statements.
func (r *resolver) within(at statement, path string, value any) (found []*statement, problems []error) {
	collect := func(path string, value any) {
		s, p := r.within(at, path, value)
		found, problems = append(found, s...), append(problems, p...)
	}
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			collect(fmt.Sprintf("%s[%d]", path, i), item)
		}
	case map[string]any:
		if _, document := v["Statement"]; !document {
			for _, key := range slices.Sorted(maps.Keys(v)) {
				collect(path+"."+key, v[key])
			}
			return found, problems
		}
		for i, item := range asList(v["Statement"]) {
			at.label = fmt.Sprintf("%s[%d]", path, i)
			s, err := r.statement(at, item)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			found = append(found, s)
		}
	}
	return found, problems
}

// statement resolves and decodes one statement.
func (r *resolver) statement(at statement, item any) (*statement, error) {
	resolved, err := r.value(item)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", &at, err)
	}
	document, ok := resolved.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: got %v; write a map with Effect and Action", &at, resolved)
	}
	return newStatement(at, document)
}

// kindOf returns the kind of a policy that is within a property of a resource type.
func kindOf(resourceType, property string) policyKind {
	switch {
	case property == "AssumeRolePolicyDocument":
		return trustPolicy
	case resourceType == "AWS::IAM::Role", resourceType == "AWS::IAM::User", resourceType == "AWS::IAM::Group",
		resourceType == "AWS::IAM::Policy", resourceType == "AWS::IAM::ManagedPolicy":
		return identityPolicy
	}
	return resourcePolicy
}

// permission returns a Lambda permission in the form of a resource with a policy document.
// The document has the statement that Lambda creates from the permission.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func permission(p *declared) *declared {
	conditions := map[string]any{}
	for property, test := range map[string][2]string{
		"SourceArn": {"ArnLike", "AWS:SourceArn"}, "SourceAccount": {"StringEquals", "AWS:SourceAccount"},
	} {
		if value, ok := p.Properties[property]; ok {
			conditions[test[0]] = map[string]any{test[1]: value}
		}
	}
	statement := map[string]any{
		"Effect": "Allow", "Action": p.Properties["Action"], "Resource": p.Properties["FunctionName"],
		"Principal": map[string]any{"Service": p.Properties["Principal"]},
	}
	if len(conditions) > 0 {
		statement["Condition"] = conditions
	}
	return &declared{p.Type, map[string]any{"Permission": map[string]any{"Statement": []any{statement}}}}
}
