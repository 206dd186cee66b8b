package plan

import (
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/partition"
)

// Stack is a stack with its template. It is either to be deployed, or deployed already.
type Stack struct {
	Name     string
	Template []byte // JSON
	// Parameters are the known values of parameters, by name. A parameter that is missing
	// has its default in the template, if there is one.
	Parameters map[string]string
	// Region and Account are empty if unknown.
	Region, Account string
	// ID is the ARN of the stack; empty if it is not deployed.
	ID string
	// PhysicalIDs are the physical ids of the stack's resources by logical id; nil if the
	// stack is not deployed.
	PhysicalIDs map[string]string
}

// over returns s as it would be after it has updated the deployed stack. The result has the
// region, account and ID of the deployed stack, and the deployed values of the parameters
// that s does not set.
func (s Stack) over(deployed Stack) Stack {
	s.Region, s.Account, s.ID = deployed.Region, deployed.Account, deployed.ID
	parameters := map[string]string{}
	maps.Copy(parameters, deployed.Parameters)
	maps.Copy(parameters, s.Parameters)
	s.Parameters = parameters
	return s
}

// stack is a Stack whose template has been read.
type stack struct {
	Stack
	bound *template.Bound
	ref   func(id string) (string, bool) // returns the physical id of a resource, if it is known
}

// read parses the template of a stack. Its errors begin with description.
func read(s Stack, description string) (*stack, error) {
	t, err := template.ParseLenient(s.Template)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", description, err)
	}
	return &stack{
		Stack: s, bound: t.BindKnown(s.Parameters, s.environment()),
		ref: func(id string) (string, bool) {
			physical, ok := s.PhysicalIDs[id]
			return physical, ok && physical != ""
		},
	}, nil
}

// environment returns the values of pseudo parameters, as far as they are known.
func (s Stack) environment() template.Environment {
	env := template.Environment{Region: s.Region, Account: s.Account, StackID: s.ID, StackName: s.Name}
	if s.Region != "" {
		env.Partition = partition.Of(s.Region)
	}
	return env
}

// lookup returns functions that find resources. An unknown value is ${LogicalId} or
// ${LogicalId.Attribute}.
func (s *stack) lookup() template.Lookup {
	return template.Lookup{
		Ref: func(id string) (any, error) {
			if physical, ok := s.ref(id); ok {
				return physical, nil
			}
			return template.Placeholder(id), nil
		},
		Attribute: func(id, name string) (any, error) {
			if arn, ok := s.roleARN(id, name); ok {
				return arn, nil
			}
			return template.Placeholder(id + "." + name), nil
		},
	}
}

// roleARN returns the ARN of a deployed role, which can be derived from its physical id.
// That is not possible for other attributes.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func (s *stack) roleARN(id, attribute string) (string, bool) {
	r := s.bound.Resources[id]
	if r == nil || r.Type != "AWS::IAM::Role" || attribute != "Arn" || r.Sets("Path") || s.Account == "" || s.Region == "" {
		return "", false
	}
	name, ok := s.ref(id)
	return arn.ARN{Partition: partition.Of(s.Region), Service: "iam", AccountID: s.Account, Resource: "role/" + name}.String(), ok
}

// property returns a property as CloudFormation sends it to a custom resource.
func (s *stack) property(id, name string) any {
	value, _ := s.bound.Property(id, name, s.lookup()) // a lenient template returns no errors
	return template.Stringify(value)
}

// path returns the path of the resource's construct, or the logical id if the template
// does not contain the path.
func (s *stack) path(id string) string {
	value, _ := s.bound.ResourceMetadata(id, s.lookup()) // a lenient template returns no errors
	metadata, _ := value.(map[string]any)
	path, ok := metadata["aws:cdk:path"].(string)
	if !ok {
		return id
	}
	// CDK appends these names to the path of a construct that contains only the resource.
	path = strings.TrimSuffix(path, "/Default")
	return strings.TrimSuffix(path, "/Resource")
}

// usePhysicalIDs makes s use the physical ids of the deployed resources. A resource keeps
// its physical id unless it gets another name or another type.
func (s *stack) usePhysicalIDs(deployed *stack) {
	s.ref = func(id string) (string, bool) {
		oldResource, newResource := deployed.bound.Resources[id], s.bound.Resources[id]
		physical, ok := deployed.ref(id)
		if !ok || newResource == nil || oldResource == nil || oldResource.Type != newResource.Type {
			return "", false
		}
		for _, property := range oldResource.PropertyNames() {
			if deployed.property(id, property) == physical {
				name, _ := s.property(id, property).(string)
				return name, name != "" && !template.IsUnknown(name)
			}
		}
		return physical, true
	}
}

// objects returns the objects of Tributary's custom resources, in the order in which
// CloudFormation creates them.
func (s *stack) objects(standIns *standIns) ([]*object, ddl.Problems) {
	var (
		list     []*object
		problems ddl.Problems
	)
	for _, id := range s.bound.Order() {
		r := s.bound.Resources[id]
		if !isOurs(r.Type) {
			continue
		}
		exists, known := s.bound.Exists(id)
		switch {
		case !known:
			problems = append(problems, ddl.Problem{Path: s.path(id), Message: fmt.Sprintf(
				"the condition %q decides whether the resource exists, and is known only during the deploy; give its parameters defaults", r.Condition)})
		case exists:
			list = append(list, s.object(id, standIns))
		}
	}
	return list, problems
}

// policyOf returns what a declared removal policy means for a database object: Delete or
// Retain.
func policyOf(declared string) string {
	if declared == "Delete" {
		return "Delete"
	}
	return "Retain"
}
