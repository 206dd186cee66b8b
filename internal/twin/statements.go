package twin

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/warehouse"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// statements is the Data API, behind the policies of whoever calls it.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
type statements struct {
	policies
	data            http.Handler
	warehouses      *warehouse.Store
	region, account string
}

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
	if operation != "ExecuteStatement" && operation != "BatchExecuteStatement" {
		// The twin shows callers what others ran, too: the condition that every policy
		// of ours has is what it weighs.
		own := map[string]string{"redshift-data:statement-owner-iam-userid": "self", "aws:userid": "self"}
		return s.authorize(r, "redshift-data:"+operation, "*", own)
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
