package template

import "github.com/tributary-cdk/tributary/internal/partition"

// Lookup finds the values of a stack's resources, for expressions. Ref and Attribute may
// return [Unknown] for resources that do not exist yet.
type Lookup struct {
	// Ref returns the value of Ref for a resource: its physical id.
	Ref func(logicalID string) (any, error)
	// Attribute returns the value of Fn::GetAtt for an attribute of a resource.
	Attribute func(logicalID, name string) (any, error)
	// Import returns the value of another stack's export. If it is nil, no export exists.
	Import func(export string) (any, error)
}

// Environment contains the values of pseudo parameters, and functions that read values from
// outside of the stack.
type Environment struct {
	Region, Account, Partition string
	StackID, StackName         string
	// AvailabilityZones returns the zones of a region. If it is nil, Fn::GetAZs fails.
	AvailabilityZones func(region string) []string
	// SSMParameter returns the value of a Systems Manager parameter, and false if it does
	// not exist. If SSMParameter is nil, no parameter exists.
	SSMParameter func(name string) (string, bool)
}

// urlSuffix returns the value of AWS::URLSuffix for the partition, or "" if the partition
// is empty.
func (e Environment) urlSuffix() string {
	if e.Partition == "" {
		return ""
	}
	return partition.URLSuffix(e.Partition)
}

// pseudo returns the values of the pseudo parameters by name, without AWS::NoValue.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func (e Environment) pseudo() map[string]any {
	return map[string]any{
		"AWS::AccountId":        e.Account,
		"AWS::NotificationARNs": []any{},
		"AWS::Partition":        e.Partition,
		"AWS::Region":           e.Region,
		"AWS::StackId":          e.StackID,
		"AWS::StackName":        e.StackName,
		"AWS::URLSuffix":        e.urlSuffix(),
	}
}

// noValueName is the pseudo parameter that removes the property or list element whose value
// it is.
const noValueName = "AWS::NoValue"

// scope contains the values with which an expression is evaluated.
type scope struct {
	Lookup
	template   *Template
	env        Environment
	parameters map[string]any // template parameters and pseudo parameters, by name
	conditions map[string]bool
	locals     map[string]any // variables of the enclosing Fn::Sub
	lenient    bool           // strings may contain placeholders for unknown values: see [Placeholder]
}

// withLocals returns a copy of the scope with the variables of an Fn::Sub.
func (s *scope) withLocals(locals map[string]any) *scope {
	inner := *s
	inner.locals = locals
	return &inner
}

// ref returns the value of {"Ref": name}.
func (s *scope) ref(name string) (any, error) {
	if v, ok := s.parameters[name]; ok {
		return v, nil
	}
	if name == noValueName {
		return noValue{}, nil
	}
	return s.Ref(name)
}
