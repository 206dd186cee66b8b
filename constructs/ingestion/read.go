package ingestion

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// GrantRead lets grantee, an IAM role or user, read the views through the Redshift Data
// API. The grantee connects as the database user that Redshift creates for it: IAMR:<role>
// or IAM:<user>. GrantRead grants two kinds of permissions. In IAM, the grantee may run
// statements on the warehouse as that database user. In the database, the user, which the
// deployment creates if necessary, gets SELECT on every view and USAGE on the schemas in
// Props.ViewSchemas. Grant USAGE on other schemas yourself.
func (in *Ingestion) GrantRead(grantee awsiam.IGrantable) awsiam.Grant {
	if in.readers == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are invalid"))
	}
	var who ddl.Grantee
	switch principal := grantee.GrantPrincipal().(type) {
	case awsiam.IRole:
		who.IAMRole = *principal.RoleName()
	case awsiam.IUser:
		who.IAMUser = *principal.UserName()
	default:
		invalid.Report(in.Construct, ddl.Problems{{Path: "GrantRead", Message: "the grantee has no database user, since it is neither an IAM role nor an IAM user; pass a role or a user, or add a ddl.Grantee to the Grants of the views"}})
		return awsiam.Grant_Drop(grantee, jsii.String("the grantee has no database user"))
	}
	in.readers.add(who)
	return in.props.Warehouse.GrantQuery(grantee)
}

// readers are the grantees of all calls of GrantRead.
type readers struct{ list []ddl.Grantee }

// add appends a reader, unless the list contains it.
func (r *readers) add(who ddl.Grantee) {
	for _, known := range r.list {
		if known == who {
			return
		}
	}
	r.list = append(r.list, who)
}

// with returns a producer of the declared grants and of a grant for each reader.
func (r *readers) with(declared []ddl.Grantee) *grants { return &grants{declared, r} }

// grants produces the grants of an object at synthesis, when all readers are known.
type grants struct {
	declared []ddl.Grantee
	readers  *readers
}

// Produce returns the grants in their JSON form. It returns nil if there are none, so that
// CDK omits the property.
func (g *grants) Produce() any {
	all := append(append([]ddl.Grantee{}, g.declared...), g.readers.list...)
	if len(all) == 0 {
		return nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // can't happen: a Grantee contains only strings
	}
	var property []any
	if err := json.Unmarshal(text, &property); err != nil {
		panic(err) // can't happen: the text is valid JSON
	}
	return property
}
