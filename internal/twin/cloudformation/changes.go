package cloudformation

import (
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// resourceChange is the change of one resource in a change set. Its fields are named as
// in the API.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
type resourceChange struct {
	PolicyAction       string `xml:",omitempty"`
	Action             string // Add, Modify or Remove
	LogicalResourceID  string `xml:"LogicalResourceId"`
	PhysicalResourceID string `xml:"PhysicalResourceId,omitempty"`
	ResourceType       string
	Replacement        string `xml:",omitempty"` // True, False or Conditional; only if Action is Modify
	Scope              members[string]
	Details            members[changeDetail]
	BeforeContext      string `xml:",omitempty"`
	AfterContext       string `xml:",omitempty"`
}

// changeDetail is a part of a resource that changes, and the cause of the change.
type changeDetail struct {
	Target        changeTarget
	Evaluation    string // Static, or Dynamic if the new value is known only during the deployment
	ChangeSource  string
	CausingEntity string `xml:",omitempty"`
}

// changeTarget names a part of a resource.
type changeTarget struct {
	Attribute          string // Properties, Metadata, DeletionPolicy or UpdateReplacePolicy
	Name               string `xml:",omitempty"`
	RequiresRecreation string // Never, Conditionally or Always
	BeforeValue        string `xml:",omitempty"`
	AfterValue         string `xml:",omitempty"`
}

// planner determines the changes that a deployment would make.
type planner struct {
	types     catalog
	target    *template.Bound
	before    *template.Bound // nil for a new stack
	existing  map[string]*instance
	imports   func(name string) (any, error)
	uncertain map[string]uncertainty // by logical id
}

// uncertainty describes which values of a resource are unknown before the deployment.
type uncertainty int

const (
	certain          uncertainty = iota // the resource does not change; all values are known
	attributesChange                    // updated in place; its attributes are unknown
	allChange                           // new or replaced; its attributes and physical id are unknown
)

// changes returns the changes of the stack's resources, sorted by logical id, and the
// stack's outputs. Output values that are not known yet are template.Unknown.
func (p *planner) changes() ([]resourceChange, []template.OutputValue, error) {
	var out []resourceChange
	for _, id := range p.target.Order() {
		c, err := p.change(id)
		if err != nil {
			return nil, nil, err
		}
		if c != nil {
			out = append(out, *c)
		}
	}
	for _, id := range keys(p.existing) {
		if !p.target.Has(id) {
			out = append(out, p.removal(p.existing[id]))
		}
	}
	slices.SortFunc(out, func(a, b resourceChange) int { return strings.Compare(a.LogicalResourceID, b.LogicalResourceID) })
	outputs, err := p.target.OutputValues(p.lookup())
	return out, outputs, err
}

// lookup returns a template.Lookup that finds the current values of resources. Values
// that may change are template.Unknown. If a resource is updated in place, its ARN
// attributes don't change, unless it is a custom resource.
func (p *planner) lookup() template.Lookup {
	return template.Lookup{
		Ref: func(id string) (any, error) {
			if old := p.existing[id]; old != nil && p.uncertain[id] != allChange {
				return old.ref()
			}
			return template.Unknown{}, nil
		},
		Attribute: func(id, name string) (any, error) {
			old := p.existing[id]
			switch {
			case old == nil || p.uncertain[id] == allChange:
			case p.uncertain[id] == certain, !custom(old.typeName) && strings.HasSuffix(name, "Arn"):
				return old.attribute(name)
			}
			return template.Unknown{}, nil
		},
		Import: p.imports,
	}
}

// change returns the change of one resource of the template, or nil if the resource
// does not change.
func (p *planner) change(id string) (*resourceChange, error) {
	r := p.target.Resources[id]
	properties, err := p.target.Properties(id, p.lookup())
	if err != nil {
		return nil, err
	}
	metadata, err := p.target.ResourceMetadata(id, p.lookup())
	if err != nil {
		return nil, err
	}
	want := &instance{
		logicalID: id, typeName: r.Type, properties: properties, metadata: metadata,
		deletionPolicy: r.DeletionPolicy, updateReplacePolicy: r.UpdateReplacePolicy,
	}
	old := p.existing[id]
	if old == nil {
		p.uncertain[id] = allChange
		return &resourceChange{
			Action: "Add", LogicalResourceID: id, ResourceType: r.Type, AfterContext: p.contextOf(want),
		}, nil
	}
	c := &resourceChange{
		Action: "Modify", LogicalResourceID: id, PhysicalResourceID: old.physicalID, ResourceType: r.Type, Replacement: "False",
	}
	p.compareProperties(c, old, want)
	p.compareAttributes(c, old, want)
	if len(c.Details.Member) == 0 {
		return nil, nil
	}
	if c.Replacement == "True" {
		c.PolicyAction = "ReplaceAnd" + policyOf(r.UpdateReplacePolicy, false)
	}
	c.BeforeContext, c.AfterContext = p.contextOf(old), p.contextOf(want)
	return c, nil
}

// compareProperties adds the properties that differ between old and want to c. It also
// records the uncertainty of the resource, for resources that refer to it.
func (p *planner) compareProperties(c *resourceChange, old, want *instance) {
	known, _ := p.types.find(want.typeName)
	changed := old.changed(want)
	if len(changed) > 0 {
		c.Scope.Member = append(c.Scope.Member, "Properties")
		p.uncertain[want.logicalID] = attributesChange
	}
	for _, name := range changed {
		causes := p.causes(want, name)
		recreation := "Never"
		switch {
		case !known.replaces(name):
		case causes == nil:
			recreation, c.Replacement = "Always", "True"
		default:
			recreation = "Conditionally"
			if c.Replacement == "False" {
				c.Replacement = "Conditional"
			}
		}
		if causes == nil {
			causes = []changeDetail{{Evaluation: "Static", ChangeSource: "DirectModification"}}
		}
		for _, d := range causes {
			d.Target = changeTarget{Attribute: "Properties", Name: name, RequiresRecreation: recreation}
			if !p.isSecret(want.logicalID, name) {
				d.Target.BeforeValue, d.Target.AfterValue = displayText(old.properties, name), displayText(want.properties, name)
			}
			c.Details.Member = append(c.Details.Member, d)
		}
	}
	if c.Replacement != "False" {
		p.uncertain[want.logicalID] = allChange
	}
}

// compareAttributes adds the resource attributes that differ between old and want to c:
// DeletionPolicy, Metadata and UpdateReplacePolicy.
func (p *planner) compareAttributes(c *resourceChange, old, want *instance) {
	differs := map[string]bool{
		"DeletionPolicy":      old.deletionPolicy != want.deletionPolicy,
		"Metadata":            !template.Equal(old.metadata, want.metadata),
		"UpdateReplacePolicy": old.updateReplacePolicy != want.updateReplacePolicy,
	}
	for _, attribute := range keys(differs) {
		if !differs[attribute] {
			continue
		}
		c.Scope.Member = append(c.Scope.Member, attribute)
		c.Details.Member = append(c.Details.Member, changeDetail{
			Target:     changeTarget{Attribute: attribute, RequiresRecreation: "Never"},
			Evaluation: "Static", ChangeSource: "DirectModification",
		})
	}
}

// causes returns the references to changing resources that make the value of a property
// unknown. It returns nil if the value is known.
func (p *planner) causes(want *instance, property string) []changeDetail {
	if !hasUnknown(want.properties[property]) {
		return nil
	}
	out := []changeDetail{}
	for _, ref := range p.target.References(want.logicalID, property) {
		switch {
		case p.uncertain[ref.LogicalID] == certain:
		case ref.Attribute == "" && p.uncertain[ref.LogicalID] == allChange:
			out = append(out, changeDetail{Evaluation: "Dynamic", ChangeSource: "ResourceReference", CausingEntity: ref.LogicalID})
		case ref.Attribute != "":
			out = append(out, changeDetail{
				Evaluation: "Dynamic", ChangeSource: "ResourceAttribute", CausingEntity: ref.LogicalID + "." + ref.Attribute,
			})
		}
	}
	return out
}

// removal returns the change for a resource that is no longer in the template.
func (p *planner) removal(old *instance) resourceChange {
	return resourceChange{
		Action: "Remove", LogicalResourceID: old.logicalID, PhysicalResourceID: old.physicalID,
		ResourceType: old.typeName, PolicyAction: policyOf(old.deletionPolicy, false),
	}
}
