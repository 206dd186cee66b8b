package cloudformation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// customPrefix is the prefix of the names of custom resource types.
const customPrefix = "Custom::"

// catalog contains the resource types that the service supports, by name.
type catalog map[string]Type

// newCatalog returns a catalog of the types. If two types have the same name, it
// contains the later one.
func newCatalog(types ...Type) catalog {
	c := catalog{}
	for _, t := range types {
		c[t.Name] = t
	}
	return c
}

// find returns the type of the given name. All types whose names begin with "Custom::"
// share one Type.
func (c catalog) find(name string) (Type, bool) {
	if t, ok := c[name]; ok {
		return t, true
	}
	if strings.HasPrefix(name, customPrefix) {
		t, ok := c[customPrefix]
		return t, ok
	}
	return Type{}, false
}

// check returns the faults of a template: unknown resource types, unknown and missing
// properties, and unknown attributes.
func (c catalog) check(t *template.Template) []string {
	var unknown, out []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		known, ok := c.find(r.Type)
		switch {
		case r.Type == "": // package template reports this fault
		case !ok:
			unknown = append(unknown, r.Type)
		default:
			out = append(out, known.check(r)...)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		out = append(out, fmt.Sprintf("Template format error: Unrecognized resource types: [%s]", strings.Join(slices.Compact(unknown), ", ")))
	}
	for _, ref := range t.Attributes() {
		r := t.Resources[ref.LogicalID]
		if r == nil {
			continue // package template reports this fault
		}
		known, ok := c.find(r.Type)
		if ok && known.Attributes != nil && !slices.Contains(known.Attributes, ref.Attribute) {
			out = append(out, fmt.Sprintf("Template error: resource %s does not support attribute type %s in Fn::GetAtt", ref.LogicalID, ref.Attribute))
		}
	}
	return out
}

// check returns an error message for each property of r that t does not know, and for
// each required property that r does not set.
func (t Type) check(r *template.Resource) []string {
	var out []string
	set := r.PropertyNames()
	for _, name := range set {
		if t.Properties != nil && !slices.Contains(t.Properties, name) {
			out = append(out, fmt.Sprintf("Encountered unsupported property %s of %s (%s)", name, r.LogicalID, r.Type))
		}
	}
	for _, name := range t.Required {
		if !slices.Contains(set, name) {
			out = append(out, fmt.Sprintf("Property %s of %s (%s) cannot be empty.", name, r.LogicalID, r.Type))
		}
	}
	return out
}

// iamNameProperty returns the property with which a template sets the name of an IAM
// resource, or "" if the resource type has no such property. It returns false if the
// type is not an IAM type, and so requires no capability.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func iamNameProperty(typeName string) (property string, ok bool) {
	switch typeName {
	case "AWS::IAM::Role":
		return "RoleName", true
	case "AWS::IAM::User":
		return "UserName", true
	case "AWS::IAM::Group":
		return "GroupName", true
	case "AWS::IAM::ManagedPolicy":
		return "ManagedPolicyName", true
	case "AWS::IAM::InstanceProfile":
		return "InstanceProfileName", true
	case "AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition":
		return "", true
	default:
		return "", false
	}
}

// capabilities returns the capability that a template requires, and the resource types
// that require it. Both are nil if the template requires no capability.
func capabilities(t *template.Template) (needed, types []string) {
	needed = []string{"CAPABILITY_IAM"}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		property, ok := iamNameProperty(r.Type)
		if !ok {
			continue
		}
		types = append(types, r.Type)
		if property != "" && slices.Contains(r.PropertyNames(), property) {
			needed = []string{"CAPABILITY_NAMED_IAM"}
		}
	}
	if len(types) == 0 {
		return nil, nil
	}
	slices.Sort(types)
	return needed, slices.Compact(types)
}

// capabilitiesCover reports whether the given capabilities include the needed one.
// CAPABILITY_NAMED_IAM includes CAPABILITY_IAM.
func capabilitiesCover(needed, given []string) bool {
	return len(needed) == 0 || slices.Contains(given, needed[0]) || slices.Contains(given, "CAPABILITY_NAMED_IAM")
}

// metadataType returns the type AWS::CDK::Metadata. Every CDK stack contains a resource
// of this type, which creates nothing.
func metadataType() Type {
	return Type{Name: "AWS::CDK::Metadata", Properties: []string{"Analytics"}, Attributes: []string{}, Provider: noopProvider{}}
}

// noopProvider is a Provider that only generates a physical id.
type noopProvider struct{}

func (noopProvider) Create(_ context.Context, r Request) (Resource, error) {
	return Resource{PhysicalID: PhysicalName(r, 128, false)}, nil
}

func (noopProvider) Update(_ context.Context, r Request) (Resource, error) {
	return Resource{PhysicalID: r.PhysicalID}, nil
}

func (noopProvider) Delete(context.Context, Request) error { return nil }
