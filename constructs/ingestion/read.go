package ingestion

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// GrantRead lets grantee, a role or a user of IAM, read the views through the
// Redshift Data API, as the database user that Redshift makes of it: IAMR:<role> or
// IAM:<user>. In IAM it may run statements on the warehouse and be that user; in the
// database the user, made if there is none, is granted SELECT on every view and
// USAGE on the schemas that this ingestion makes for them. Schemas made elsewhere are
// granted there.
func (in *Ingestion) GrantRead(grantee awsiam.IGrantable) awsiam.Grant {
	if in.readers == nil { // the props were bad
		return awsiam.Grant_Drop(grantee, jsii.String("the props are bad"))
	}
	var who ddl.Grantee
	switch principal := grantee.GrantPrincipal().(type) {
	case awsiam.IRole:
		who.IAMRole = *principal.RoleName()
	case awsiam.IUser:
		who.IAMUser = *principal.UserName()
	default:
		invalid.Report(in.Construct, ddl.Problems{{Path: "GrantRead", Message: "the grantee is neither a role nor a user of IAM, and so no database user; pass one, or put a ddl.Grantee into the views' Grants"}})
		return awsiam.Grant_Drop(grantee, jsii.String("the props are bad"))
	}
	in.readers.add(who)
	return in.props.Warehouse.GrantQuery(grantee)
}

// readers are those to whom GrantRead has been asked to grant, until the app is
// synthesized.
type readers struct{ list []ddl.Grantee }

// add appends a reader, once.
func (r *readers) add(who ddl.Grantee) {
	for _, known := range r.list {
		if known == who {
			return
		}
	}
	r.list = append(r.list, who)
}

// with returns what gives these grants and those of the readers.
func (r *readers) with(declared []ddl.Grantee) *grants { return &grants{declared, r} }

// grants produces an object's grants when all are known.
type grants struct {
	declared []ddl.Grantee
	readers  *readers
}

// Produce returns the grants by their JSON form; nil for none, which leaves the
// property out.
func (g *grants) Produce() any {
	all := append(append([]ddl.Grantee{}, g.declared...), g.readers.list...)
	if len(all) == 0 {
		return nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings always encode
	}
	var property []any
	if err := json.Unmarshal(text, &property); err != nil {
		panic(err) // it was encoded a moment ago
	}
	return property
}
