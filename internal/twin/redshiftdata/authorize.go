package redshiftdata

import "context"

// mayConnect returns an error if the caller's policies don't allow an operation on a
// database. They must allow the operation, and the action that returns the credentials for
// the connection. If the workgroup doesn't exist, mayConnect returns nil, since the
// operation fails later for that reason.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
func (s *Service) mayConnect(ctx context.Context, operation string, c connection) error {
	if s.Authorize == nil {
		return nil
	}
	warehouse := s.Account.ARN("redshift", "cluster:"+c.ClusterIdentifier)
	if c.WorkgroupName != "" {
		if warehouse = s.WorkgroupARN(c.WorkgroupName); warehouse == "" {
			return nil
		}
	}
	inCluster := func(kind, name string) string {
		return s.Account.ARN("redshift", kind+":"+c.ClusterIdentifier+"/"+name)
	}
	needs := [][2]string{{"redshift-data:" + operation, warehouse}} // actions and resources
	switch {
	case c.SecretARN != "":
		needs = append(needs, [2]string{"secretsmanager:GetSecretValue", c.SecretARN})
	case c.WorkgroupName != "":
		needs = append(needs, [2]string{"redshift-serverless:GetCredentials", warehouse})
	case c.DbUser != "":
		needs = append(
			needs,
			[2]string{"redshift:GetClusterCredentials", inCluster("dbuser", c.DbUser)},
			[2]string{"redshift:GetClusterCredentials", inCluster("dbname", c.Database)},
		)
	default:
		needs = append(needs, [2]string{"redshift:GetClusterCredentialsWithIAM", inCluster("dbname", c.Database)})
	}
	for _, need := range needs {
		if err := s.Authorize(ctx, need[0], need[1], nil); err != nil {
			return err
		}
	}
	return nil
}

// mayAccess returns an error if the caller's policies don't allow an operation on a
// submitted statement. If id is empty, the operation is on all statements. AWS evaluates
// these operations without a resource, and with a condition key for the aws:userid of the
// statement's owner. ListStatements returns the statements of all sessions of a role, and
// AWS doesn't document the value of the key for it. The twin uses the caller's own
// aws:userid, so that the condition in the policy of Tributary's function is met.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func (s *Service) mayAccess(ctx context.Context, operation, id string) error {
	caller := s.Caller(ctx).UserID
	owner := caller
	s.mu.Lock()
	if st, _, err := s.find(id, Caller{}); err == nil {
		owner = st.owner.UserID
	}
	s.mu.Unlock()
	return s.Authorize.Check(ctx, "redshift-data:"+operation, "*", map[string]string{
		"redshift-data:statement-owner-iam-userid": owner, "aws:userid": caller,
	})
}
