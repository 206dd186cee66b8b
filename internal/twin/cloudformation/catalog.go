package cloudformation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// customPrefix begins the names of custom resource types.
const customPrefix = "Custom::"

// catalog finds the types that the service can make.
type catalog map[string]Type

// newCatalog returns the types by name; of two with one name the later counts.
func newCatalog(types ...Type) catalog {
	c := catalog{}
	for _, t := range types {
		c[t.Name] = t
	}
	return c
}

// find returns the type of a resource; all custom ones are one.
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

// check returns what a template asks for that the types don't have: unknown
// types, unknown and missing properties, unknown attributes.
func (c catalog) check(t *template.Template) []string {
	var unknown, out []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		known, ok := c.find(r.Type)
		switch {
		case r.Type == "": // the template's own check says so
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
			continue // the template's own check says so
		}
		known, ok := c.find(r.Type)
		if ok && known.Attributes != nil && !slices.Contains(known.Attributes, ref.Attribute) {
			out = append(out, fmt.Sprintf("Template error: resource %s does not support attribute type %s in Fn::GetAtt", ref.LogicalID, ref.Attribute))
		}
	}
	return out
}

// check returns the properties of r that t doesn't know, and those it lacks.
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

// nameOfIAM returns the property by which a template names an IAM resource.
// The empty name means that the type has none; false, that it is no IAM
// resource and needs no capability.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func nameOfIAM(typeName string) (property string, ok bool) {
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

// capabilities returns the capability that a template needs, and the types for
// which it does; nil if none.
func capabilities(t *template.Template) (needed, types []string) {
	needed = []string{"CAPABILITY_IAM"}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		property, ok := nameOfIAM(r.Type)
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

// allowed reports whether the capabilities given cover the one needed.
func allowed(needed, given []string) bool {
	return len(needed) == 0 || slices.Contains(given, needed[0]) || slices.Contains(given, "CAPABILITY_NAMED_IAM")
}

// metadataType is AWS::CDK::Metadata, which every CDK stack holds and which
// makes nothing.
func metadataType() Type {
	return Type{Name: "AWS::CDK::Metadata", Properties: []string{"Analytics"}, Attributes: []string{}, Provider: nothing{}}
}

// nothing is a Provider which makes nothing but a name.
type nothing struct{}

func (nothing) Create(_ context.Context, r Request) (Resource, error) {
	return Resource{PhysicalID: PhysicalName(r, 128, false)}, nil
}

func (nothing) Update(_ context.Context, r Request) (Resource, error) {
	return Resource{PhysicalID: r.PhysicalID}, nil
}

func (nothing) Delete(context.Context, Request) error { return nil }
