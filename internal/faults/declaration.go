package faults

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// objectKind is a kind of object. The value for a view is its type in a DROP statement.
type objectKind string

// The kinds of objects that scenarios create.
const (
	streamingView  objectKind = "MATERIALIZED VIEW"
	plainView      objectKind = "VIEW"
	externalSchema objectKind = "EXTERNAL SCHEMA"
	ordinarySchema objectKind = "SCHEMA"
	attachment     objectKind = "ROLE"
)

// resourceTypes maps each kind to the type of its custom resource.
var resourceTypes = map[objectKind]string{
	streamingView:  contract.StreamingViewType,
	plainView:      contract.ViewType,
	externalSchema: contract.ExternalSchemaType,
	ordinarySchema: contract.SchemaType,
	attachment:     contract.RoleAttachmentType,
}

// isSchema reports whether k is a schema or an external schema.
func (k objectKind) isSchema() bool { return k == externalSchema || k == ordinarySchema }

// sql returns the name of an object as SQL statements write it.
func (k objectKind) sql(name string) string {
	if k.isSchema() {
		return name
	}
	return "public." + name
}

// key returns the name of an object as the ledger and physical IDs write it.
func (k objectKind) key(name string) string {
	switch {
	case k == attachment:
		return "role " + roleARN(name)
	case k.isSchema():
		return "schema " + name
	}
	return "view public." + name
}

// The account and region of the stacks, the function and the warehouses.
const (
	accountID = "123456789012"
	region    = "us-east-1"
)

// roleARN returns the ARN of the role with the given name.
func roleARN(name string) string { return "arn:aws:iam::" + accountID + ":role/" + name }

// stackARN returns the ARN of the stack with the given name.
func stackARN(name string) string {
	return "arn:aws:cloudformation:" + region + ":" + accountID + ":stack/" + name + "/1"
}

// declaration describes an object that a custom resource declares. Its fields are the
// attributes that scenarios vary.
type declaration struct {
	objectKind
	name, stream string
	base         string // prefix of the names of all objects of the scenario
	landing      string // the landing view that a plain view reads
	variant      int    // number in the name of a view's column, or of an external schema's role
	dist, sort   bool   // whether the view has a distribution key, or a sort key
	manual       bool   // whether the view is refreshed manually
	grant        bool   // whether the user reader is granted the object
	grantRole    bool   // whether an IAM role is granted the object
	onReplace    ddl.OnReplace
	future       bool // whether a newer version of Tributary wrote the properties
}

// grants returns the grantees of the object.
func (d declaration) grants() []ddl.Grantee {
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
func (d declaration) schema() ddl.Schema {
	return ddl.Schema{Name: d.name, Grants: d.grants()}
}

// externalSchema returns the declaration of an external schema.
func (d declaration) externalSchema() ddl.ExternalSchema {
	return ddl.ExternalSchema{Name: d.name, RoleARN: fmt.Sprintf("%s%d", role, d.variant), Grants: d.grants()}
}

// view returns the declaration of a view.
func (d declaration) view() ddl.View {
	if d.objectKind == plainView {
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

// contractProperties returns the properties of the custom resource, as they are in a
// template. at is the warehouse.
func (d declaration) contractProperties(at warehouse) contract.Properties {
	p := contract.Properties{Warehouse: at.target()}
	switch d.objectKind {
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

// properties returns the properties of the custom resource, as CloudFormation sends
// them. at is the warehouse.
func (d declaration) properties(at warehouse) map[string]any {
	p := contract.Encode(d.contractProperties(at))
	p["ServiceTimeout"] = "3600"
	for _, declared := range p {
		object, ok := declared.(map[string]any)
		switch _, isTarget := object["database"]; {
		case !ok || isTarget:
			continue
		case d.manual:
			object["manualRefresh"] = "true" // CloudFormation sends booleans as strings
		}
		if d.future {
			object["unknownProperty"] = "of a later version"
		}
	}
	return p
}
