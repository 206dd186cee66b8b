package attack

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
)

// becoming are the statements by which a database user tries to be somebody else
// for the rest of a batch.
var becoming = []string{
	"RESET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION DEFAULT", "SET SESSION AUTHORIZATION awsuser", "RESET ROLE", "SET ROLE awsuser",
	"SET ROLE NONE", "RESET ALL", "RESET session_authorization", "SET session_authorization TO DEFAULT", "SET role TO awsuser", "DISCARD ALL",
	"GRANT awsuser TO low", "ALTER USER low SUPERUSER", "COMMIT", "ROLLBACK",
}

// attackUsers tries to be another user: within a batch, by the name that a call
// gives, and on a cluster of somebody else's.
func (w *world) attackUsers(ctx context.Context, r *Report) error {
	for _, sql := range becoming {
		out, err := w.data.BatchExecuteStatement(ctx, &redshiftdata.BatchExecuteStatementInput{
			ClusterIdentifier: aws.String(clusterName), Database: aws.String("dev"), DbUser: aws.String("low"),
			Sqls: []string{sql, "SELECT line FROM victim"}, // which low may not read
		})
		if err == nil {
			err = w.await(ctx, out.Id)
		}
		r.try(err == nil, "a batch of the user low: %s", sql)
	}
	other := "other"
	if err := w.createCluster(ctx, other, "boss"); err != nil {
		return err
	}
	for _, kind := range []string{"USER low", "GROUP team", "ROLE readers"} {
		_, _ = w.statement(ctx, "CREATE "+strings.Replace(kind, "USER low", "USER low PASSWORD DISABLE", 1)) // low is there
		err := w.statementOn(ctx, other, "boss", "DROP "+kind)
		r.try(err == nil, "another cluster drops the %s", kind)
	}
	r.try(w.createCluster(ctx, "taken", "low") == nil, "a cluster whose admin user another cluster's admin has made")
	trojan := []string{"CREATE VIEW trojan AS SELECT pg_streaming.create_user('trojan', true) IS NULL AS a", "SELECT a FROM trojan"}
	_, err := w.directly(adminUser)(ctx, trojan...)
	r.try(err == nil, "a view that makes a user")
	for _, user := range []string{superuser, "redshift_users", "pg_read_server_files", "boss", "postgres", "PUBLIC", `rdsdb" -- `} {
		r.try(w.statementAs(ctx, user, "SELECT 1") == nil, "DbUser %q", user)
	}
	for _, name := range []string{superuser, "redshift_users", "pg_read_all_data"} {
		err := w.createCluster(ctx, "of-"+name[:2]+"-"+name[len(name)-2:], name)
		r.try(err == nil, "a cluster whose admin user is %q", name)
	}
	return nil
}

// createCluster makes a cluster by Redshift's API.
func (w *world) createCluster(ctx context.Context, id, admin string) error {
	_, err := redshift.NewFromConfig(w.AWS).CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String(id), NodeType: aws.String("ra3.large"), DBName: aws.String("dev"),
		MasterUsername: aws.String(admin), ManageMasterPassword: aws.Bool(true), IamRoles: []string{readingRole},
	})
	return err
}
