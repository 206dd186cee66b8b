package template

import "github.com/tributary-cdk/tributary/internal/partition"

// Lookup tells expressions what the resources of a stack are. Either function
// may return [Unknown] for what isn't made yet.
type Lookup struct {
	// Ref returns what Ref gives for a resource: its physical id.
	Ref func(logicalID string) (any, error)
	// Attribute returns what Fn::GetAtt gives for a resource's attribute.
	Attribute func(logicalID, name string) (any, error)
	// Import returns the value of another stack's export. Nil refuses.
	Import func(export string) (any, error)
}

// Environment is where a stack lives: what expressions can know without any
// resource.
type Environment struct {
	Region, Account, Partition string
	StackID, StackName         string
	// AvailabilityZones lists a region's zones. Nil refuses Fn::GetAZs.
	AvailabilityZones func(region string) []string
	// SSMParameter returns the value of a Systems Manager parameter. Nil
	// knows none.
	SSMParameter func(name string) (string, bool)
}

// urlSuffix returns AWS::URLSuffix of the environment's partition, empty if that is.
func (e Environment) urlSuffix() string {
	if e.Partition == "" {
		return ""
	}
	return partition.URLSuffix(e.Partition)
}

// pseudo returns the pseudo parameters by name, but for AWS::NoValue.
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

// noValueName is the pseudo parameter that removes whatever is set to it.
const noValueName = "AWS::NoValue"

// scope is what an expression is evaluated in.
type scope struct {
	Lookup
	template   *Template
	env        Environment
	parameters map[string]any // template's and pseudo parameters, by name
	conditions map[string]bool
	locals     map[string]any // variables of the Fn::Sub around
	lenient    bool           // whether texts may stand for values that aren't known: see [Placeholder]
}

// with returns the scope with local variables, for Fn::Sub.
func (s *scope) with(locals map[string]any) *scope {
	inner := *s
	inner.locals = locals
	return &inner
}

// ref returns what {"Ref": name} gives.
func (s *scope) ref(name string) (any, error) {
	if v, ok := s.parameters[name]; ok {
		return v, nil
	}
	if name == noValueName {
		return noValue{}, nil
	}
	return s.Ref(name)
}
