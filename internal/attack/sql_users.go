package attack

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
)

// switchUser lists statements with which a database user tries to get the privileges of
// another user for the rest of a batch.
var switchUser = []string{
	"RESET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION DEFAULT", "SET SESSION AUTHORIZATION awsuser", "RESET ROLE", "SET ROLE awsuser",
	"SET ROLE NONE", "RESET ALL", "RESET session_authorization", "SET session_authorization TO DEFAULT", "SET role TO awsuser", "DISCARD ALL",
	"GRANT awsuser TO low", "ALTER USER low SUPERUSER", "COMMIT", "ROLLBACK",
}

// attackUsers tries to act as another user: by statements in a batch, by the DbUser of a
// call, by a view that calls a privileged function, and as the admin user of another
// cluster.
func (tw *attackedTwin) attackUsers(ctx context.Context, r *Report) error {
	for _, sql := range switchUser {
		out, err := tw.data.BatchExecuteStatement(ctx, &redshiftdata.BatchExecuteStatementInput{
			ClusterIdentifier: aws.String(clusterName), Database: aws.String("dev"), DbUser: aws.String("low"),
			Sqls: []string{sql, "SELECT line FROM victim"}, // the user low has no privilege on victim
		})
		if err == nil {
			err = tw.await(ctx, out.Id)
		}
		r.add(err == nil, "a batch of the user low: %s", sql)
	}
	other := "other"
	if err := tw.createCluster(ctx, other, "boss"); err != nil {
		return err
	}
	for _, kind := range []string{"USER low", "GROUP team", "ROLE readers"} {
		_, _ = tw.runStatements(ctx, "CREATE "+strings.Replace(kind, "USER low", "USER low PASSWORD DISABLE", 1)) // ignores the error for the user low, who exists
		err := tw.runOn(ctx, other, "boss", "DROP "+kind)
		r.add(err == nil, "another cluster drops the %s", kind)
	}
	r.add(tw.createCluster(ctx, "taken", "low") == nil, "a cluster whose admin user was created on another cluster")
	trojan := []string{"CREATE VIEW trojan AS SELECT pg_streaming.create_user('trojan', true) IS NULL AS a", "SELECT a FROM trojan"}
	_, err := tw.directRunner(adminUser)(ctx, trojan...)
	r.add(err == nil, "a view that creates a user")
	for _, user := range []string{superuser, "redshift_users", "pg_read_server_files", "boss", "postgres", "PUBLIC", `rdsdb" -- `} {
		r.add(tw.runAs(ctx, user, "SELECT 1") == nil, "DbUser %q", user)
	}
	for _, name := range []string{superuser, "redshift_users", "pg_read_all_data"} {
		err := tw.createCluster(ctx, "of-"+name[:2]+"-"+name[len(name)-2:], name)
		r.add(err == nil, "a cluster whose admin user is %q", name)
	}
	return nil
}

// createCluster creates a cluster with the Redshift API.
func (tw *attackedTwin) createCluster(ctx context.Context, id, admin string) error {
	_, err := redshift.NewFromConfig(tw.AWS).CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String(id), NodeType: aws.String("ra3.large"), DBName: aws.String("dev"),
		MasterUsername: aws.String(admin), ManageMasterPassword: aws.Bool(true), IamRoles: []string{readingRole},
	})
	return err
}
