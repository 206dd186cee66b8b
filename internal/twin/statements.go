package twin

import (
	"context"
	"encoding/json"
	"net/http"
	"path"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/warehouse"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// statements is the Data API, behind the policies of whoever calls it.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
type statements struct {
	policies
	data            *redshiftdata.Service
	warehouses      *warehouse.Store
	region, account string
	noList          bool // no role may list statements
}

// ofStatements are the operations on statements that were submitted. AWS weighs them on
// no resource.
var ofStatements = map[string]bool{"DescribeStatement": true, "CancelStatement": true, "GetStatementResult": true, "ListStatements": true}

// ServeHTTP refuses what the caller may not do, and hands on the rest.
func (s statements) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := wire.ReadBody(r)
	if err == nil {
		err = s.refuse(r, body)
	}
	if err != nil {
		wire.WriteJSONError(w, r, wire.AsError(err))
		return
	}
	s.data.ServeHTTP(w, r)
}

func (s statements) refuse(r *http.Request, body []byte) error {
	target := r.Header.Get("X-Amz-Target")
	operation := target[strings.LastIndexByte(target, '.')+1:]
	if ofStatements[operation] {
		return s.refuseOther(r, operation, body)
	}
	var in struct{ ClusterIdentifier, WorkgroupName, Database, SecretARN, DbUser string } // JSON's names fold
	if readable := json.Unmarshal(body, &in) == nil; !readable {
		return nil // the service says what is wrong with it
	}
	cluster := "arn:aws:redshift:" + s.region + ":" + s.account + ":"
	on := cluster + "cluster:" + in.ClusterIdentifier
	if in.WorkgroupName != "" {
		if on = s.warehouses.WorkgroupARN(in.WorkgroupName); on == "" {
			return nil
		}
	}
	needs := [][2]string{{"redshift-data:" + operation, on}}
	switch {
	case in.SecretARN != "":
		needs = append(needs, [2]string{"secretsmanager:GetSecretValue", in.SecretARN})
	case in.WorkgroupName != "":
		needs = append(needs, [2]string{"redshift-serverless:GetCredentials", on})
	case in.DbUser != "":
		needs = append(
			needs,
			[2]string{"redshift:GetClusterCredentials", cluster + "dbuser:" + in.ClusterIdentifier + "/" + in.DbUser},
			[2]string{"redshift:GetClusterCredentials", cluster + "dbname:" + in.ClusterIdentifier + "/" + in.Database},
		)
	default:
		needs = append(needs, [2]string{"redshift:GetClusterCredentialsWithIAM", cluster + "dbname:" + in.ClusterIdentifier + "/" + in.Database})
	}
	for _, need := range needs {
		if err := s.authorize(r, need[0], need[1], nil); err != nil {
			return err
		}
	}
	return nil
}

// refuseOther weighs an operation on statements that were submitted. Their owner's
// userid is what a policy may ask for. ListStatements shows statements of all
// sessions of a role, and no document says which owner AWS weighs it by: the twin
// weighs it by the caller's own userid, so that the condition of our policy is met.
// Strictness.NoListStatements is the other answer.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func (s statements) refuseOther(r *http.Request, operation string, body []byte) error {
	key := signature.Signer(r.Context())
	action, caller := "redshift-data:"+operation, s.identities.UserID(key)
	owner := caller
	var in struct{ ID string }
	if err := json.Unmarshal(body, &in); err == nil && in.ID != "" {
		if who, ok := s.data.Owner(in.ID); ok {
			owner = who.UserID
		}
	}
	if arn, _ := s.identities.Caller(key); s.noList && operation == "ListStatements" && roleOf(arn) != "" {
		return denied(arn, action, "*")
	}
	return s.authorize(r, action, "*", map[string]string{"redshift-data:statement-owner-iam-userid": owner, "aws:userid": caller})
}

// caller returns who sent the request of a context, for the Data API.
func (p policies) caller(ctx context.Context) redshiftdata.Caller {
	key := signature.Signer(ctx)
	arn, _ := p.identities.Caller(key)
	role := roleOf(arn)
	if role == "" {
		return redshiftdata.Caller{}
	}
	return redshiftdata.Caller{Role: role, Session: key, UserID: p.identities.UserID(key)}
}

// roleOf returns the ARN of an assumed role without its session, "" if the ARN is no
// assumed role's.
func roleOf(arn string) string {
	if !strings.Contains(arn, ":assumed-role/") {
		return ""
	}
	return path.Dir(arn)
}
