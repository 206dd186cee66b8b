package faults

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// what is the kind of an object.
type what string

// The kinds of objects that have lives.
const (
	streamingView  what = "MATERIALIZED VIEW"
	plainView      what = "VIEW"
	externalSchema what = "EXTERNAL SCHEMA"
	ordinarySchema what = "SCHEMA"
	attachment     what = "ROLE"
)

// resourceTypes are the custom resources' types.
var resourceTypes = map[what]string{
	streamingView:  contract.StreamingViewType,
	plainView:      contract.ViewType,
	externalSchema: contract.ExternalSchemaType,
	ordinarySchema: contract.SchemaType,
	attachment:     contract.RoleAttachmentType,
}

// isSchema reports whether the objects are schemas.
func (w what) isSchema() bool { return w == externalSchema || w == ordinarySchema }

// sql returns the name of an object as it stands in SQL.
func (w what) sql(name string) string {
	if w.isSchema() {
		return name
	}
	return "public." + name
}

// key returns the name of an object as the ledger and physical ids have it.
func (w what) key(name string) string {
	switch {
	case w == attachment:
		return "role " + roleARN(name)
	case w.isSchema():
		return "schema " + name
	}
	return "view public." + name
}

// Where the stacks are, the function and the warehouses.
const (
	accountID = "123456789012"
	region    = "us-east-1"
)

// roleARN is a role's, by its name.
func roleARN(name string) string { return "arn:aws:iam::" + accountID + ":role/" + name }

// stackARN is a stack's, by its name.
func stackARN(name string) string {
	return "arn:aws:cloudformation:" + region + ":" + accountID + ":stack/" + name + "/1"
}

// shape is what an object is to be like: what the lives vary of it.
type shape struct {
	what
	name, stream              string
	base                      string // begins the names of all that is the life's
	landing                   string // of a plain view: what it is over
	variant                   int    // of the query, or of the role
	dist, sort, manual, grant bool
	grantRole                 bool // to an IAM role's user
	onReplace                 ddl.OnReplace
	future                    bool // its properties come from a newer Tributary
}

// grants are the shape's.
func (d shape) grants() []ddl.Grantee {
	var grants []ddl.Grantee
	if d.grant {
		grants = append(grants, ddl.Grantee{User: reader})
	}
	if d.grantRole {
		grants = append(grants, ddl.Grantee{IAMRole: d.base})
	}
	return grants
}

// schema returns the declaration of a schema.
func (d shape) schema() ddl.Schema {
	return ddl.Schema{Name: d.name, Grants: d.grants()}
}

// externalSchema returns the declaration of an external schema.
func (d shape) externalSchema() ddl.ExternalSchema {
	return ddl.ExternalSchema{Name: d.name, RoleARN: fmt.Sprintf("%s%d", role, d.variant), Grants: d.grants()}
}

// view returns the declaration of a view.
func (d shape) view() ddl.View {
	if d.what == plainView {
		return ddl.View{Name: d.name, From: d.landing, Grants: d.grants(), Columns: []ddl.Column{
			ddl.MetadataColumn("seq", ddl.SequenceNumber), ddl.FieldColumn(fmt.Sprintf("n%d", d.variant), "INTEGER", "n1"),
		}}
	}
	v := ddl.View{
		Name: d.name, Stream: ddl.Stream{Schema: "evdata", Name: d.stream}, ManualRefresh: d.manual, OnReplace: d.onReplace,
		Grants: d.grants(),
		Columns: []ddl.Column{
			ddl.MetadataColumn("seq", ddl.SequenceNumber), ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn(fmt.Sprintf("n%d", d.variant), "INTEGER", "n1"),
		},
	}
	if d.dist {
		v.DistKey = "seq"
	}
	if d.sort {
		v.SortKey = []string{"arrived"}
	}
	return v
}

// declared are the properties of the custom resource, as a template has them.
func (d shape) declared(at place) contract.Properties {
	p := contract.Properties{Warehouse: at.target()}
	switch d.what {
	case externalSchema:
		p.ExternalSchema = d.externalSchema()
	case ordinarySchema:
		p.Schema = d.schema()
	case attachment:
		p.RoleAttachment = contract.RoleAttachment{RoleARN: roleARN(d.name), NamespaceName: at.namespace}
	default:
		p.View = d.view()
	}
	return p
}

// properties are the custom resource's, as CloudFormation sends them.
func (d shape) properties(at place) map[string]any {
	p := contract.Encode(d.declared(at))
	p["ServiceTimeout"] = "3600"
	for _, declared := range p {
		object, ok := declared.(map[string]any)
		switch _, isTarget := object["database"]; {
		case !ok || isTarget:
			continue
		case d.manual:
			object["manualRefresh"] = "true" // CloudFormation makes strings of booleans
		}
		if d.future {
			object["invention"] = "of a later version"
		}
	}
	return p
}
