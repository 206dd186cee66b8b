package redshiftdata

import "context"

// mayConnect refuses an operation on a database that the caller's policies don't allow:
// the operation itself, and what gives the credentials for the connection. What names no
// warehouse that exists is refused later, for that.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
func (s *Service) mayConnect(ctx context.Context, operation string, c connection) error {
	if s.Authorize == nil {
		return nil
	}
	on := s.Account.ARN("redshift", "cluster:"+c.ClusterIdentifier)
	if c.WorkgroupName != "" {
		if on = s.WorkgroupARN(c.WorkgroupName); on == "" {
			return nil
		}
	}
	inCluster := func(kind, name string) string {
		return s.Account.ARN("redshift", kind+":"+c.ClusterIdentifier+"/"+name)
	}
	needs := [][2]string{{"redshift-data:" + operation, on}}
	switch {
	case c.SecretARN != "":
		needs = append(needs, [2]string{"secretsmanager:GetSecretValue", c.SecretARN})
	case c.WorkgroupName != "":
		needs = append(needs, [2]string{"redshift-serverless:GetCredentials", on})
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

// mayAccess refuses an operation on a statement that was submitted, or on all of them if
// id is empty. AWS weighs it on no resource; the statement's owner is what a policy may
// ask for. ListStatements shows statements of all sessions of a role, and no document
// says which owner AWS weighs it by: the twin weighs it by the caller's own userid, so
// that the condition of our policy is met.
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
