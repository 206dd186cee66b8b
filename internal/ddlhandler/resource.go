package ddlhandler

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// properties are the custom resource's properties: where, and one of what.
type properties struct {
	ServiceToken   string         `json:"ServiceToken"`
	ServiceTimeout string         `json:"ServiceTimeout"`
	Warehouse      dataapi.Target `json:"Warehouse"`
	Schema         ddl.Schema     `json:"Schema"`
	ViewSchema     ddl.ViewSchema `json:"ViewSchema"`
	View           ddl.View       `json:"View"`
	RoleAttachment Attachment     `json:"RoleAttachment"`
}

// declared is what a resource of one type declares: how it is made, changed and
// dropped. Where it is asked about an older one, that is of the same type, or nil if
// nothing is known of it.
type declared interface {
	// String names the object, for people.
	String() string
	// key names it in the ledger.
	key() string
	// definition identifies what it is made from, for the ledger: 32 characters for
	// what can't be altered, and 32 for all of it.
	definition() string
	// exists is the query that has a row if the object is there.
	exists() ddl.Statement
	// create are the statements that make the object.
	create() []ddl.Statement
	// alter are the statements that lead from old, which differs in no more than can
	// be altered.
	alter(old declared) []ddl.Statement
	// assert are the statements that make sure of all that can be altered, of which
	// it is not known how far it is there.
	assert(old declared) []ddl.Statement
	// replace are the statements that put the object into old's place, or why that is
	// refused. now names what is kept of old.
	replace(old declared, now time.Time) ([]ddl.Statement, error)
	// rollBack is replace where an earlier update is undone.
	rollBack(old declared, now time.Time) ([]ddl.Statement, error)
	// drop are the statements that remove the object.
	drop() []ddl.Statement
	// holders are the queries whose rows name what keeps the object from being dropped:
	// a schema and a name each.
	holders() []ddl.Statement
}

// resource is one decoded state of a custom resource.
type resource struct {
	declared // nil if not even its name can be read

	target dataapi.Target
	view   *ddl.ViewDefinition // of a view, else nil

	readable bool // all of it
}

// types are the resource types, each with how it is decoded: what is declared, and
// what is wrong with it. What is wrong may leave a declaration whose name is right.
var types = map[string]struct {
	property string
	declared func(properties) (declared, *ddl.ViewDefinition, error)
}{
	ExternalSchemaType: {"Schema", declareSchema},
	SchemaType:         {"ViewSchema", declareViewSchema},
	StreamingViewType:  {"View", declareView},
	ViewType:           {"View", declareView},
	RoleAttachmentType: {"RoleAttachment", declareAttachment},
}

// decode returns the state that props declare. The error holds every problem.
// Beside it comes what a Delete needs, target and name, if they at least can be read:
// a Delete has nothing to do with the rest.
func decode(resourceType string, props map[string]any) (resource, error) {
	p, problems := ddl.Decode[properties](props)
	r := resource{target: p.Warehouse}
	kind, ok := types[resourceType]
	if !ok {
		return r, fmt.Errorf("resource type %q: not one of %s", resourceType, strings.Join(typeNames(), ", "))
	}
	var err error
	r.declared, r.view, err = kind.declared(p)
	r.readable = err == nil
	var found ddl.Problems
	if errors.As(err, &found) {
		problems = append(problems, found.Under(kind.property)...)
	}
	if len(problems) > 0 {
		return r, problems
	}
	return r, nil
}

func typeNames() []string {
	var names []string
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// physicalID identifies the object in the world: by warehouse, database, schema
// and name, never by its SQL, so that a changed query is no new resource.
func (r resource) physicalID() string {
	key := ""
	if r.declared != nil {
		key = r.key()
	}
	return strings.Join([]string{r.target.ClusterIdentifier + r.target.WorkgroupName, r.target.Database, key}, "/")
}

// definition is the declaration's; "-" if it can't be read.
func (r resource) definition() string {
	if !r.readable {
		return nobody
	}
	return r.declared.definition()
}

// sameQuery reports whether ALTER and GRANT lead from one definition to the
// other.
func sameQuery(a, b string) bool { return len(a) == 64 && len(b) == 64 && a[:32] == b[:32] }

// definitionOf joins the two halves of a definition.
func definitionOf(hash, fingerprint string) string { return hash[:32] + fingerprint[:32] }
