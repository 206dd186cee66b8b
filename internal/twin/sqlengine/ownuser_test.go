package sqlengine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOwnUser runs statements as the own users of two IAM identities. Each user owns the
// objects that it creates.
func TestOwnUser(t *testing.T) {
	t.Parallel()
	s := openCluster(t, shared)
	admin, ours, theirs := s, s, s
	ours.User, ours.OwnUser = "IAMR:ours", true
	theirs.User, theirs.OwnUser = "IAMR:theirs", true
	const schema = "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/streaming'"
	steps := []struct {
		as   cluster
		sql  string
		want string // the error; empty if the statement succeeds
	}{
		{ours, schema, "ERROR: permission denied for database dev"},
		{ours, `GRANT CREATE ON DATABASE dev TO "IAMR:ours"`, ""}, // PostgreSQL grants nothing, and only warns
		{ours, "CREATE SCHEMA mine", "ERROR: permission denied for database dev"},
		{admin, `GRANT CREATE ON DATABASE elsewhere TO "IAMR:ours"`, "ERROR: the local twin grants privileges on the connected database only, got \"elsewhere\"\n  Position: 26"},
		{ours, "CREATE TABLE ledger (object VARCHAR(600)) DISTSTYLE ALL", ""},
		{theirs, "INSERT INTO ledger VALUES ('v')", "ERROR: permission denied for table ledger"},
		{theirs, "CREATE TABLE IF NOT EXISTS ledger (object VARCHAR(600))", ""},
		{admin, `GRANT CREATE ON DATABASE dev TO "IAMR:ours"`, ""},
		{ours, schema, ""},
		{ours, "CREATE MATERIALIZED VIEW v AUTO REFRESH YES AS SELECT shard_id AS n FROM evdata.s", ""},
		{ours, "REFRESH MATERIALIZED VIEW v", ""},
		{ours, "CREATE MATERIALIZED VIEW upper AS SELECT n FROM v", ""},
		{ours, "CREATE VIEW plain AS SELECT n FROM v", ""},
		{ours, "CREATE TABLE kept (LIKE v)", ""},
		{ours, "ALTER TABLE kept APPEND FROM v", ""},
		{theirs, "SELECT n FROM v", "ERROR: permission denied for table v"},
		{theirs, "REFRESH MATERIALIZED VIEW v", "ERROR: must be owner of relation v"},
		{theirs, "REFRESH MATERIALIZED VIEW upper", "ERROR: must be owner of relation upper"},
		{theirs, "ALTER MATERIALIZED VIEW v AUTO REFRESH NO", "ERROR: must be owner of relation v"},
		{theirs, "DROP MATERIALIZED VIEW IF EXISTS v CASCADE", "ERROR: must be owner of relation v"},
		{theirs, "ALTER TABLE ledger APPEND FROM v", "ERROR: must be owner of relation ledger"},
		{theirs, "DROP MATERIALIZED VIEW IF EXISTS nothing", ""},
		{theirs, "DROP SCHEMA evdata CASCADE", "ERROR: must be owner of materialized view v"},
		{theirs, "CREATE MATERIALIZED VIEW w AS SELECT shard_id AS n FROM evdata.s", "ERROR: permission denied for schema evdata"},
		{ours, `GRANT SELECT ON v TO "IAMR:theirs"`, ""},
		{theirs, "SELECT n FROM v", ""},
		{ours, "ALTER MATERIALIZED VIEW v AUTO REFRESH NO", ""},
		{admin, "REFRESH MATERIALIZED VIEW v", ""},
		{ours, "DROP VIEW plain", ""},
		{ours, "DROP MATERIALIZED VIEW upper", ""},
		{ours, "DROP MATERIALIZED VIEW v", ""},
		{ours, "DROP SCHEMA evdata", ""},
		{admin, "DROP TABLE ledger", ""},
	}
	for _, step := range steps {
		if _, got := step.as.run(step.sql, nil); got != step.want {
			t.Fatalf("as %q, %s: want %q, got %q", step.as.User, step.sql, step.want, got)
		}
	}
	want := []string{"iamr:ours", "iamr:theirs"}
	if diff := cmp.Diff(want, admin.must("SELECT usename FROM pg_user WHERE usename LIKE 'iamr:%' ORDER BY 1")); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}
