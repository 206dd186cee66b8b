package definition

import (
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Unknown is the hash of a declaration that is missing or invalid.
const Unknown = "-"

// Resource is the content of a custom resource's properties: the definition, and where
// the object exists.
type Resource struct {
	// Definition is nil if the properties do not contain a valid name of the object.
	Definition
	// Target is where statements run.
	Target contract.Target
	// Readable is true if the declaration is valid. There may still be unknown properties
	// outside the declaration.
	Readable bool
}

// Read returns the content of the properties of a resource. Numbers and booleans may be
// strings, as CloudFormation sends them. The error contains all problems. Together with
// an error, Read returns the object and the target if those are valid: a Delete needs
// nothing else.
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
		return r, fmt.Errorf("unknown resource type %q; use one of %s", resourceType, strings.Join(contract.Types(), ", "))
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

// PhysicalID returns the physical id: the warehouse, the database and the object's key.
// It does not depend on the view's query, so a changed query is an update and not a new
// resource. The physical id of a usage limit is only its key, which contains the
// workgroup's ARN.
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

// Hash returns the hash of the definition, or [Unknown].
func (r Resource) Hash() string {
	if r.Definition == nil || !r.Readable {
		return Unknown
	}
	return r.Definition.Hash()
}
