package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// Stack is a stack as a template declares it: one that is to be deployed, or
// one that is.
type Stack struct {
	Name     string
	Template []byte // JSON
	// Parameters are the values that are known. One that the template declares
	// and that is not among them has its default, if it has one.
	Parameters map[string]string
	// Region and Account are empty if they are not known.
	Region, Account string
	// ID is the stack's ARN, empty if it is not deployed.
	ID string
	// PhysicalIDs are what the stack's resources are called, by logical id. Nil
	// if it is not deployed.
	PhysicalIDs map[string]string
}

// over returns the stack as it is once it is deployed over one that is: in its
// place, and with its parameters' values where none are given.
func (s Stack) over(deployed Stack) Stack {
	s.Region, s.Account, s.ID = deployed.Region, deployed.Account, deployed.ID
	parameters := map[string]string{}
	maps.Copy(parameters, deployed.Parameters)
	maps.Copy(parameters, s.Parameters)
	s.Parameters = parameters
	return s
}

// stack is a Stack that has been read.
type stack struct {
	Stack
	evaluator
}

func read(s Stack, what string) (*stack, error) {
	t, err := parse(what, s.Template)
	if err != nil {
		return nil, err
	}
	out := &stack{Stack: s, evaluator: evaluator{template: t, names: s.pseudo()}}
	out.ref = func(id string) (string, bool) {
		physical, ok := s.PhysicalIDs[id]
		return physical, ok && physical != ""
	}
	out.at = out.roleARN
	for name, p := range t.Parameters {
		if v, ok := p.value(s.Parameters[name]); ok {
			out.names[name] = v
		} else {
			out.names[name] = unknown(name)
		}
	}
	return out, nil
}

// roleARN returns a deployed role's ARN. No other attribute follows from a
// physical id.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func (s *stack) roleARN(id, attribute string) (string, bool) {
	r := s.Resources[id]
	if r == nil || r.Type != "AWS::IAM::Role" || attribute != "Arn" || r.Properties["Path"] != nil || s.Account == "" || s.Region == "" {
		return "", false
	}
	name, ok := s.ref(id)
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", s.names["AWS::Partition"], s.Account, name), ok
}

// value returns what Ref gives for the parameter, if that is known. A secret one
// isn't, nor is what another parameter store holds.
func (p parameter) value(given string) (any, bool) {
	value, hasDefault := p.Default.(string)
	switch {
	case p.NoEcho == true || p.NoEcho == "true":
		return nil, false
	case given != "":
		value = given
	case !hasDefault || strings.HasPrefix(p.Type, "AWS::SSM::Parameter::"):
		return nil, false
	}
	if strings.Contains(p.Type, "List") {
		return items(strings.Split(value, ",")), true
	}
	return value, true
}

// pseudo returns the pseudo parameters that are known.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func (s Stack) pseudo() map[string]any {
	known := map[string]any{"AWS::StackName": s.Name}
	for name, value := range map[string]string{"AWS::Region": s.Region, "AWS::AccountId": s.Account, "AWS::StackId": s.ID} {
		if value != "" {
			known[name] = value
		}
	}
	if s.Region != "" {
		known["AWS::Partition"], known["AWS::URLSuffix"] = partition(s.Region)
	}
	return known
}

// partition returns the partition of a region, and the end of its services'
// names.
//
// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func partition(region string) (name, urlSuffix string) {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn", "amazonaws.com.cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov", "amazonaws.com"
	}
	return "aws", "amazonaws.com"
}

// follow makes the stack know what of its resources is deployed: a resource has
// the physical id that it has now, unless it is renamed or becomes one of another
// type.
func (s *stack) follow(deployed *stack) {
	s.ref = func(id string) (string, bool) {
		was, now := deployed.Resources[id], s.Resources[id]
		physical, ok := deployed.ref(id)
		if !ok || now == nil || was == nil || was.Type != now.Type {
			return "", false
		}
		for _, property := range slices.Sorted(maps.Keys(was.Properties)) {
			if deployed.value(was.Properties[property]) == physical {
				name := text(s.value(now.Properties[property]))
				return name, name != "" && !isUnknown(name)
			}
		}
		return physical, true
	}
}

// objects returns what of the stack Tributary makes in the database, in the order
// in which CloudFormation does.
func (s *stack) objects(standIns *standIns) ([]*object, ddl.Problems) {
	var (
		list     []*object
		problems ddl.Problems
	)
	for _, id := range s.order() {
		if !resourceTypes[s.Resources[id].Type] {
			continue
		}
		yes, known := s.exists(id)
		switch {
		case !known:
			problems = append(problems, ddl.Problem{Path: s.path(id), Message: fmt.Sprintf(
				"whether it exists depends on the condition %q, which is known at deploy only; give its parameters defaults", s.Resources[id].Condition)})
		case yes:
			list = append(list, s.object(id, standIns))
		}
	}
	return list, problems
}

// policy returns what a removal policy means for a database object: Delete or
// Retain.
func policy(declared string) string {
	if cmp.Or(declared, "Delete") == "Delete" {
		return "Delete"
	}
	return "Retain"
}
