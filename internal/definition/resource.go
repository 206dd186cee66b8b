package definition

import (
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Unknown is the hash of what can't be read.
const Unknown = "-"

// Resource is what the properties of a custom resource say: what is defined, and where.
type Resource struct {
	// Definition is nil if the properties don't even give the name of a schema or view, or
	// the role.
	Definition
	// Target is where statements run.
	Target contract.Target
	// Readable says that nothing is wrong with the declaration. There may be properties
	// beside it that are not known.
	Readable bool
}

// Read returns what the properties of a resource say. It takes text for numbers and
// booleans, as CloudFormation sends them. The error holds every problem. Beside it comes
// what a Delete needs, the object and the target, if they at least can be read: a Delete
// has nothing to do with the rest.
func Read(resourceType string, properties map[string]any) (Resource, error) {
	p, problems := ddl.Decode[contract.Properties](properties)
	r := Resource{Target: p.Warehouse}
	var found ddl.Problems
	switch resourceType {
	case contract.ExternalSchemaType:
		r.Definition, found = NewExternalSchema(p.ExternalSchema)
	case contract.SchemaType:
		r.Definition, found = NewSchema(p.Schema)
	case contract.StreamingViewType, contract.ViewType:
		r.Definition, found = NewView(p.View)
	case contract.RoleAttachmentType:
		r.Definition, found = NewRoleAttachment(p.RoleAttachment, p.Warehouse)
	case contract.UsageLimitType:
		r.Definition, found = NewUsageLimit(p.UsageLimit)
	default:
		return r, fmt.Errorf("resource type %q: not one of %s", resourceType, strings.Join(contract.Types(), ", "))
	}
	r.Readable = len(found) == 0
	if r.Object().nameless() {
		r.Definition = nil
	}
	if problems = append(problems, found.Under(contract.Declaration(resourceType))...); len(problems) > 0 {
		return r, problems
	}
	return r, nil
}

// PhysicalID identifies the object in the world: by warehouse, database and key, never by
// its SQL, so that a changed query is no new resource. A usage limit's key says its
// workgroup.
func (r Resource) PhysicalID() string {
	key := ""
	if r.Definition != nil {
		key = r.Object().Key()
		if !r.InLedger() {
			return key
		}
	}
	return strings.Join([]string{r.Target.Name(), r.Target.Database, key}, "/")
}

// Hash is the definition's; [Unknown] if it can't be read.
func (r Resource) Hash() string {
	if r.Definition == nil || !r.Readable {
		return Unknown
	}
	return r.Definition.Hash()
}
