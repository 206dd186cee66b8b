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
	bound *template.Bound
	ref   func(id string) (string, bool) // the physical id of a resource, if it is known
}

// read reads a stack. what says which template it is, in errors.
func read(s Stack, what string) (*stack, error) {
	t, err := template.ParseLenient(s.Template)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return &stack{
		Stack: s, bound: t.BindKnown(s.Parameters, s.environment()),
		ref: func(id string) (string, bool) {
			physical, ok := s.PhysicalIDs[id]
			return physical, ok && physical != ""
		},
	}, nil
}

// environment returns what is known of where the stack is.
func (s Stack) environment() template.Environment {
	env := template.Environment{Region: s.Region, Account: s.Account, StackID: s.ID, StackName: s.Name}
	if s.Region != "" {
		env.Partition = partition.Of(s.Region)
	}
	return env
}

// lookup finds resources. What is not known before the deploy is ${LogicalId} or
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

// roleARN returns a deployed role's ARN. No other attribute follows from a
// physical id.
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
	value, _ := s.bound.Property(id, name, s.lookup()) // what is lenient has no error
	return template.Stringify(value)
}

// path returns the construct that made a resource, or else its logical id.
func (s *stack) path(id string) string {
	value, _ := s.bound.ResourceMetadata(id, s.lookup()) // what is lenient has no error
	metadata, _ := value.(map[string]any)
	path, ok := metadata["aws:cdk:path"].(string)
	if !ok {
		return id
	}
	// The resource is a construct's only content, as CDK names it.
	path = strings.TrimSuffix(path, "/Default")
	return strings.TrimSuffix(path, "/Resource")
}

// follow makes the stack know what of its resources is deployed: a resource has
// the physical id that it has now, unless it is renamed or becomes one of another
// type.
func (s *stack) follow(deployed *stack) {
	s.ref = func(id string) (string, bool) {
		was, now := deployed.bound.Resources[id], s.bound.Resources[id]
		physical, ok := deployed.ref(id)
		if !ok || now == nil || was == nil || was.Type != now.Type {
			return "", false
		}
		for _, property := range was.PropertyNames() {
			if deployed.property(id, property) == physical {
				name, _ := s.property(id, property).(string)
				return name, name != "" && !template.IsUnknown(name)
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
	for _, id := range s.bound.Order() {
		r := s.bound.Resources[id]
		if !isOurs(r.Type) {
			continue
		}
		yes, known := s.bound.Exists(id)
		switch {
		case !known:
			problems = append(problems, ddl.Problem{Path: s.path(id), Message: fmt.Sprintf(
				"whether it exists depends on the condition %q, which is known at deploy only; give its parameters defaults", r.Condition)})
		case yes:
			list = append(list, s.object(id, standIns))
		}
	}
	return list, problems
}

// policy returns what a removal policy means for a database object: Delete or
// Retain.
func policy(declared string) string {
	if declared == "Delete" {
		return "Delete"
	}
	return "Retain"
}
