package faults

import (
	"encoding/json"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// what is the kind of an object.
type what string

// The kinds of objects that have lives.
const (
	streamingView  what = "MATERIALIZED VIEW"
	plainView      what = "VIEW"
	externalSchema what = "EXTERNAL SCHEMA"
	viewSchema     what = "SCHEMA"
	attachment     what = "ROLE"
)

// kinds of resources: each custom resource's type, and the property that declares it.
var resources = map[what]struct{ resourceType, property string }{
	streamingView:  {"Custom::RedshiftStreamingView", "View"},
	plainView:      {"Custom::RedshiftView", "View"},
	externalSchema: {"Custom::RedshiftExternalSchema", "Schema"},
	viewSchema:     {"Custom::RedshiftSchema", "ViewSchema"},
	attachment:     {"Custom::RedshiftRoleAttachment", "RoleAttachment"},
}

// isSchema reports whether the objects are schemas.
func (w what) isSchema() bool { return w == externalSchema || w == viewSchema }

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
	account = "123456789012"
	region  = "us-east-1"
)

// roleARN is a role's, by its name.
func roleARN(name string) string { return "arn:aws:iam::" + account + ":role/" + name }

// stackARN is a stack's, by its name.
func stackARN(name string) string {
	return "arn:aws:cloudformation:" + region + ":" + account + ":stack/" + name + "/1"
}

// definition is what an object is to be like: what the lives vary of it.
type definition struct {
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

// grants are the definition's.
func (d definition) grants() []ddl.Grantee {
	var grants []ddl.Grantee
	if d.grant {
		grants = append(grants, ddl.Grantee{User: reader})
	}
	if d.grantRole {
		grants = append(grants, ddl.Grantee{IAMRole: d.base})
	}
	return grants
}

// viewSchema returns the declaration of a schema that holds views.
func (d definition) viewSchema() ddl.ViewSchema {
	return ddl.ViewSchema{Name: d.name, Grants: d.grants()}
}

// schema returns the declaration of an external schema.
func (d definition) schema() ddl.Schema {
	return ddl.Schema{Name: d.name, RoleARN: fmt.Sprintf("%s%d", role, d.variant), Grants: d.grants()}
}

// view returns the declaration of a view.
func (d definition) view() ddl.View {
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

// properties are the custom resource's, as CloudFormation sends them.
func (d definition) properties(at warehouse) (map[string]any, error) {
	property := resources[d.what].property
	declared := any(d.view())
	switch d.what {
	case externalSchema:
		declared = d.schema()
	case viewSchema:
		declared = d.viewSchema()
	case attachment:
		declared = ddlhandler.Attachment{RoleARN: roleARN(d.name), NamespaceName: at.namespace}
	}
	text, err := json.Marshal(map[string]any{"ServiceTimeout": "3600", "Warehouse": at.target(), property: declared})
	if err != nil {
		return nil, err
	}
	var p map[string]any
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	object, _ := p[property].(map[string]any) // it was put there above
	if d.manual {
		object["manualRefresh"] = "true" // CloudFormation makes strings of booleans
	}
	if d.future {
		object["invention"] = "of a later version"
	}
	return p, nil
}
