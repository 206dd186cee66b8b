package rsql_test

import (
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// TestParseRefusesUnknown has one row for each rule. "make attack" checks with PostgreSQL's
// functions that the rules are complete.
func TestParseRefusesUnknown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"a function":                            {"SELECT 1, pg_read_file('/etc/passwd')", "function pg_read_file does not exist\n  Position: 11"},
		"a function, quoted":                    {`SELECT * FROM "PG_LS_DIR"('.')`, "function pg_ls_dir does not exist\n  Position: 15"},
		"a function, qualified":                 {"SELECT pg_catalog.lo_import('x')", "function lo_import does not exist\n  Position: 19"},
		"a known function of another schema":    {"SELECT evil.len('x')", "function len does not exist\n  Position: 13"},
		"a function in CREATE TABLE AS":         {"CREATE TABLE t AS SELECT to_tsvector('x')", "function to_tsvector does not exist\n  Position: 26"},
		"a function in INSERT":                  {"INSERT INTO t (a) SELECT lo_export(1, 'x')", "function lo_export does not exist\n  Position: 26"},
		"a function in a default":               {"CREATE TABLE t (a int DEFAULT random_normal())", "function random_normal does not exist\n  Position: 31"},
		"a function in an added column":         {"ALTER TABLE t ADD COLUMN a int DEFAULT pg_sleep(1)", "function pg_sleep does not exist\n  Position: 40"},
		"a function with a list of columns":     {"SELECT 1 FROM t, f('x') AS g (a)", "function f does not exist\n  Position: 18"},
		"a function in FROM":                    {"SELECT lower.pg_read_file FROM lower('/etc/passwd')", "a function isn't allowed in FROM\n  Position: 32"},
		"a function in USING":                   {"DELETE FROM t USING lower('x') AS f", "a function isn't allowed in FROM\n  Position: 21"},
		"brackets that don't match":             {"CREATE TABLE t (a varbyte(x] CHECK (a > 1), primary))", "syntax error at or near \"]\"\n  Position: 28"},
		"brackets that don't close":             {"SELECT (1", "syntax error at end of input"},
		"a name as a type's length":             {"CREATE TABLE t (a varbyte(x))", "syntax error at or near \"x\"\n  Position: 27"},
		"two numbers as a type's length":        {"ALTER TABLE t ADD COLUMN a varbyte (1 1)", "syntax error at or near \"1\"\n  Position: 39"},
		"an array's type":                       {"CREATE TABLE t (a int[])", "syntax error at or near \"[\"\n  Position: 22"},
		"PRIMARY without KEY":                   {"CREATE TABLE t (a int, primary)", "syntax error at or near \"primary\"\n  Position: 24"},
		"a field of a default's value":          {"CREATE TABLE t (a text DEFAULT ('x').pg_read_file)", "syntax error at or near \".\"\n  Position: 37"},
		"writing after a WITH clause":           {"WITH x AS (SELECT 1) UPDATE pg_database SET datconnlimit = 1", "syntax error at or near \")\"\n  Position: 20"},
		"INTO the catalog":                      {"SELECT 1 INTO information_schema.foo", "permission denied for schema information_schema"},
		"a hidden table of the system":          {"SELECT * FROM information_schema._pg_foreign_servers", `relation "_pg_foreign_servers" does not exist` + "\n  Position: 34"},
		"a function after a WITH clause":        {"WITH a (b) AS (SELECT 1), c AS (SELECT 2) SELECT f(b) FROM a", "function f does not exist\n  Position: 50"},
		"columns of an alias without AS":        {"SELECT 1 FROM t g (a)", "function g does not exist\n  Position: 17"},
		"a function that the twin doesn't have": {"SELECT listagg(a, ',') FROM t", "the local twin doesn't run LISTAGG"},
		"TOP":                                   {"SELECT TOP 1 a FROM t", "the local twin doesn't run SELECT TOP"},
		"APPROXIMATE":                           {"SELECT APPROXIMATE COUNT(DISTINCT a) FROM t", "the local twin doesn't run APPROXIMATE"},
		"a type":                                {"CREATE TABLE t (a regclass)", `type "regclass" does not exist` + "\n  Position: 19"},
		"a value of a type":                     {"SELECT regclass 'pg_class'", `syntax error at or near "'pg_class'"` + "\n  Position: 17"},
		"a value of a quoted type":              {`SELECT "date" '2026-01-01'`, `syntax error at or near "'2026-01-01'"` + "\n  Position: 15"},
		"a table of the system":                 {"SELECT rolpassword FROM pg_authid", `relation "pg_authid" does not exist` + "\n  Position: 25"},
		"a table of the system, qualified":      {`SELECT * FROM "PG_CATALOG".pg_settings`, `relation "pg_settings" does not exist` + "\n  Position: 28"},
		"the twin's own tables":                 {"SELECT * FROM pg_streaming.view", `relation "pg_streaming" does not exist` + "\n  Position: 15"},
		"the superuser":                         {"ALTER TABLE t OWNER TO rdsdb", `user "rdsdb" does not exist` + "\n  Position: 24"},
		"writing to the catalog":                {"UPDATE pg_class SET relname = 'x'", `permission denied: "pg_class" is a system catalog`},
		"writing to the catalog, qualified":     {"INSERT INTO pg_catalog.pg_class SELECT 1", "permission denied for schema pg_catalog"},
		"writing by EXPLAIN":                    {"EXPLAIN DELETE FROM pg_class", `permission denied: "pg_class" is a system catalog`},
		"a view in the catalog":                 {"CREATE VIEW information_schema.v AS SELECT 1", "permission denied for schema information_schema"},
		"a table over a system view":            {"CREATE TABLE svv_mv_info (a int)", `permission denied: "svv_mv_info" is a system catalog`},
		"writing in a WITH clause":              {"WITH a AS (DELETE FROM t) SELECT 1", "syntax error at or near \"(\"\n  Position: 11"},
		"TABLE":                                 {"SELECT * FROM (TABLE t) x", "syntax error at or near \"TABLE\"\n  Position: 16"},
		"OPERATOR":                              {"SELECT 1 OPERATOR(pg_catalog.+) 2", "syntax error at or near \"OPERATOR\"\n  Position: 10"},
		"a constraint":                          {"CREATE TABLE t (a int CHECK (a > 1))", "syntax error at or near \"CHECK\"\n  Position: 23"},
		"options of EXPLAIN":                    {"EXPLAIN (ANALYZE) SELECT 1", "syntax error at or near \"(\"\n  Position: 9"},
		"a role with rights":                    {"CREATE ROLE r SUPERUSER", "the local twin doesn't run CREATE ROLE … SUPERUSER"},
		"a group with members":                  {"CREATE GROUP g WITH USER u", "the local twin doesn't run CREATE GROUP … WITH"},
		"a grant of a role":                     {"GRANT a TO b", "the local twin doesn't run GRANT A"},
		"a grant of a system permission":        {"GRANT CREATE TO b", "the local twin doesn't run GRANT of a role or of a system permission"},
		"a grant on a function":                 {"GRANT ALL ON FUNCTION f(int) TO b", "the local twin doesn't run GRANT … ON FUNCTION"},
		"a grant on the catalog":                {"GRANT SELECT ON pg_class TO b", `permission denied: "pg_class" is a system catalog`},
		"a server setting":                      {"SET log_statement TO 'all'", "the local twin doesn't run SET LOG_STATEMENT"},
		"setting the session's user":            {"SET SESSION AUTHORIZATION a", "the local twin doesn't run SET SESSION"},
		"resetting the session's user":          {"RESET SESSION AUTHORIZATION", "the local twin doesn't run RESET SESSION AUTHORIZATION"},
		"the session's user, as a setting":      {"SET session_authorization = 'a'", "the local twin doesn't run SET SESSION_AUTHORIZATION"},
		"showing all settings":                  {"SHOW ALL", "the local twin doesn't run SHOW ALL"},
		"a comment on a role":                   {"COMMENT ON ROLE r IS 'x'", "the local twin doesn't run COMMENT ON ROLE"},
		"changing a column's default":           {"ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "the local twin doesn't run ALTER TABLE … ALTER"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rsql.Parse(tt.sql, rsql.Options{})
			if err == nil || err.Error() != tt.want {
				t.Errorf("%s: want %q, got %v", tt.sql, tt.want, err)
			}
		})
	}
}

// TestRewriteRefusesFields checks expressions that look like a path into a SUPER column, but
// for which PostgreSQL would call a function.
func TestRewriteRefusesFields(t *testing.T) {
	t.Parallel()
	env := rsql.Env{Supers: map[string]bool{"payload": true}}
	for sql, at := range map[string]string{
		"SELECT ('/etc/passwd'::text).pg_read_file":                     "29",
		"SELECT (SELECT '/etc/passwd').pg_read_file":                    "30",
		"SELECT a[1].pg_read_file FROM t":                               "12",
		"SELECT payload.a[0].b, (payload.a).pg_read_file FROM public.t": "35",
	} {
		st, err := rsql.Parse(sql, rsql.Options{})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		_, err = st.(*rsql.Query).Rewrite(env) //nolint:forcetypeassert,errcheck // a SELECT is a query
		if want := "syntax error at or near \".\"\n  Position: " + at; err == nil || err.Error() != want {
			t.Errorf("%s: want %q, got %v", sql, want, err)
		}
	}
}

// TestParseAccepts parses valid statements that are similar to statements which Parse
// refuses.
func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for _, sql := range strings.Split(strings.TrimSpace(`
SELECT lo_import, top, approximate FROM t
SELECT 'pg_read_file(1)', $$pg_read_file(1)$$
SELECT t.pg_size, public.pg_sizes.a FROM public.pg_sizes
SELECT pg_backend_pid(), "len"('x'), pg_catalog.len('x')
SELECT date '2026-01-01', interval '1 day', timestamp '2026-01-01' AT TIME ZONE 'UTC', a AT TIME ZONE (b)
SELECT count(DISTINCT a), sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT extract(hour FROM a), trim(BOTH 'x' FROM b), substring(c FROM 1 FOR 2), position('a' IN b) FROM t
SELECT CASE WHEN (a) THEN 'x' ELSE 'y' END FROM t WHERE a NOT IN (1, 2) AND b LIKE 'x' ESCAPE '!' OR c SIMILAR TO 'y' AND d BETWEEN 'a' AND 'b'
SELECT a FROM t GROUP BY ROLLUP (a), GROUPING SETS ((a), ()) HAVING (count(*) > 1) ORDER BY (a) LIMIT (5) OFFSET (1)
SELECT x.a FROM (SELECT 1) AS x (a) JOIN t USING (a) JOIN u ON (t.b = u.b) WHERE EXISTS (SELECT 1) AND a = ANY (SELECT 2)
WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM a)), b AS (SELECT 2) SELECT n FROM a, b
SELECT CAST(a AS decimal (10, 2)), b::character varying (5), c::timestamp with time zone FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t
INSERT INTO public.t (a, b) VALUES (1, 'x'), (2, 'y')
INSERT INTO t (SELECT 1)
INSERT INTO t WITH a (b) AS (SELECT 1) SELECT b FROM a
UPDATE t SET a = (SELECT 1) FROM u WHERE t.b = u.b
DELETE FROM t USING u WHERE t.a = u.a
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (u.a, u.b)
CREATE VIEW v (a, b) AS SELECT 1, 2
CREATE OR REPLACE VIEW public.v AS (SELECT 1)
CREATE TABLE t (a timestamp without time zone DEFAULT getdate() NOT NULL, b double precision NULL ENCODE raw, c char(3) DEFAULT 'a' || 'b')
CREATE TABLE t (a, b) AS SELECT 1, 2
CREATE TABLE t (a varbyte (10), b decimal (10, 2), PRIMARY KEY (a, b), UNIQUE (b))
SELECT a INTO public.t FROM u
CREATE TABLE t (LIKE u INCLUDING DEFAULTS)
ALTER TABLE t ADD COLUMN a varchar(10) DEFAULT 'x'
ALTER TABLE t RENAME COLUMN a TO b
ALTER TABLE t DROP COLUMN a CASCADE
EXPLAIN VERBOSE SELECT 1
EXPLAIN WITH a (b) AS (SELECT 1) SELECT b FROM a
TRUNCATE TABLE t
ANALYZE t
COMMENT ON COLUMN public.t.a IS 'x'
COMMENT ON TABLE t IS NULL
GRANT SELECT (a, b), UPDATE ON TABLE t TO u, GROUP g, ROLE r, PUBLIC WITH GRANT OPTION
GRANT USAGE ON SCHEMA s, public TO GROUP g
GRANT SELECT ON ALL TABLES IN SCHEMA s TO u
REVOKE GRANT OPTION FOR ALL PRIVILEGES ON t FROM u CASCADE
CREATE USER u WITH PASSWORD 'Passw0rd'
DROP USER IF EXISTS u, "IAM:v"
SET search_path TO '$user', public
SET statement_timeout = 1000
RESET timezone
`), "\n") {
		if _, err := rsql.Parse(sql, rsql.Options{}); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
