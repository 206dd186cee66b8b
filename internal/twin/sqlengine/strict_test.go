package sqlengine_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// cluster is a cluster of one of the shared engines, in which a test runs statements that
// may fail.
type cluster struct {
	*testing.T
	*sqlengine.Engine
	sqlengine.Target
}

// openCluster creates a cluster in an engine. The stream s of sharedStreams has no
// records.
func openCluster(t *testing.T, engine *sqlengine.Engine) cluster {
	t.Helper()
	return cluster{t, engine, createCluster(t, engine)}
}

// run runs a statement. It returns the values of its first column, and the text of its
// error, which is "" if it succeeds.
func (s cluster) run(sql string, parameters map[string]string) (values []string, problem string) {
	s.Helper()
	r, err := s.Exec(s.Context(), s.Target, sql, parameters)
	if err != nil {
		return nil, err.Error()
	}
	for _, row := range r.Rows {
		values = append(values, string(row[0]))
	}
	return values, ""
}

// must runs a statement, which must succeed, and returns the values of its first column.
func (s cluster) must(sql string) []string {
	s.Helper()
	rows, problem := s.run(sql, nil)
	if problem != "" {
		s.Fatalf("%s: %s", sql, problem)
	}
	return rows
}

// concurrently runs the same statement in eight sessions at the same time. It returns the
// texts of the errors, which are "" for statements that succeed.
func (s cluster) concurrently(sql string) []string {
	s.Helper()
	var group sync.WaitGroup
	texts := make([]string, 8)
	for i := range texts {
		group.Go(func() { _, texts[i] = s.run(sql, nil) })
	}
	group.Wait()
	return texts
}

// TestSnapshot runs concurrent writes with the isolation level SNAPSHOT. It repeats them
// until two transactions overlap, which depends on the machine.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	s := openCluster(t, strictEngine)
	s.must("CREATE TABLE ledger (object VARCHAR(600))")
	s.must("CREATE TABLE counter (n BIGINT)")
	s.must("INSERT INTO counter VALUES (0)")

	const insert = "INSERT INTO ledger SELECT o.object FROM (SELECT 'v' AS object) o WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE object = o.object)"
	insertedTwice := func() bool { return s.must("SELECT count(*) FROM ledger")[0] > "1" }
	for !insertedTwice() {
		s.must("DELETE FROM ledger")
		for _, problem := range s.concurrently(insert) {
			if problem != "" {
				t.Fatalf("INSERT: %s", problem)
			}
		}
	}

	for conflict := false; !conflict; {
		for _, problem := range s.concurrently("UPDATE counter SET n = n + 1") {
			switch problem {
			case "":
			case "ERROR: could not complete because of conflict with concurrent transaction":
				conflict = true
			default:
				t.Fatalf("UPDATE: want no error or a conflict, got %q", problem)
			}
		}
	}
}

func TestUntypedParameters(t *testing.T) {
	t.Parallel()
	s := openCluster(t, strictEngine)
	s.must("CREATE TABLE ledger (object VARCHAR(600), state VARCHAR(20))")
	values := map[string]string{"a": "1", "b": "2"}
	refused := func(n string) string { return "ERROR: could not determine data type of parameter $" + n }
	tests := map[string]struct{ sql, want string }{
		"alone":                 {"SELECT :a, :b::varchar", refused("1")},
		"the second":            {"SELECT :a::varchar, :b", refused("2")},
		"named":                 {"SELECT CAST(:a AS VARCHAR(600)), :b AS state", refused("2")},
		"named without AS":      {"SELECT :a x, CAST(:b AS varchar)", refused("1")},
		"in parentheses":        {"SELECT (:a), :b::varchar", refused("1")},
		"of DISTINCT":           {"SELECT DISTINCT :a WHERE :b = '2'", refused("1")},
		"of a subselect":        {"SELECT x FROM (SELECT :a AS x) t WHERE x = :b", refused("1")},
		"of UNION":              {"SELECT 'x' UNION SELECT :a WHERE :b = '2'", refused("1")},
		"INSERT with SELECT":    {"INSERT INTO ledger SELECT :a, :b WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE object = :a)", refused("1")},
		"INSERT with CASTs":     {"INSERT INTO ledger SELECT CAST(:a AS VARCHAR(600)), CAST(:b AS VARCHAR(20)) WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE object = :a)", ""},
		"INSERT with VALUES":    {"INSERT INTO ledger VALUES (:a, :b)", ""},
		"a condition":           {"SELECT object FROM ledger WHERE object = :a AND state IN (:b)", ""},
		"an argument":           {"SELECT coalesce(:a, :b)", ""},
		"part of an expression": {"SELECT :a || 'x', 'x' || :b", ""},
		"a CASE":                {"SELECT CASE WHEN object = :a THEN 1 END FROM ledger WHERE state = :b", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := s.run(test.sql, values); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}

// dependents is a query for the relations that depend on the relation base, like the query
// of Tributary's function.
const dependents = "SELECT DISTINCT c.relname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid" +
	" JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_class o ON o.oid = d.refobjid" +
	" WHERE o.relname = 'base' AND c.oid <> o.oid ORDER BY 1"

func TestDependents(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		engine *sqlengine.Engine
		want   [][]string
	}{
		"not hidden": {shared, [][]string{{"plain", "upper"}, {"upper"}, {"plain", "upper"}}}, // third depends on upper only
		"hidden":     {strictEngine, [][]string{nil, {"upper"}, nil}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openCluster(t, test.engine)
			s.must("CREATE TABLE t (n BIGINT)")
			s.must("CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/streaming'")
			s.must("CREATE MATERIALIZED VIEW base AS SELECT shard_id AS n FROM evdata.s")
			s.must("CREATE MATERIALIZED VIEW upper AS SELECT n FROM base")
			s.must("CREATE VIEW plain AS SELECT n FROM base")
			s.must("CREATE MATERIALIZED VIEW third AS SELECT n FROM upper")
			s.must("CREATE VIEW elsewhere AS SELECT n FROM t")
			got := [][]string{
				s.must(dependents),
				s.must("SELECT trim(name) FROM svv_mv_dependency WHERE dependent_schema_name = 'public' AND dependent_name = 'base'"),
				s.must(strings.ReplaceAll(strings.Replace(dependents, "pg_catalog.pg_depend d", "pg_depend", 1), " d.", " pg_depend.")),
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("dependents of base (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"elsewhere"}, s.must(strings.ReplaceAll(dependents, "'base'", "'t'"))); diff != "" {
				t.Errorf("dependents of a table (-want +got):\n%s", diff)
			}
			_, problem := s.run("DROP MATERIALIZED VIEW base", nil)
			if !strings.Contains(problem, "other objects depend on it") {
				t.Errorf("DROP: want an error that objects depend on it, got %q", problem)
			}
			s.must("DROP VIEW plain")
			s.must("DROP MATERIALIZED VIEW third")
			s.must("DROP MATERIALIZED VIEW upper")
			s.must("DROP MATERIALIZED VIEW base")
		})
	}
}
