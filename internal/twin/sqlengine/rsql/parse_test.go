package rsql_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

const arn = "arn:aws:iam::123456789012:role/streaming"

func TestParse(t *testing.T) {
	t.Parallel()
	yes := true
	v := rsql.Name{Schema: "public", Name: "v"}
	tests := map[string]struct {
		sql  string
		want rsql.Statement
	}{
		"external schema": {
			"CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '" + arn + "';",
			rsql.CreateExternalSchema{Name: "evdata", Role: arn},
		},
		"external schema, all clauses": {
			`create external schema if not exists "EvData" from kinesis region 'eu-west-1' iam_role default`,
			rsql.CreateExternalSchema{Name: "evdata", IfNotExists: true, Region: "eu-west-1", Role: "default"},
		},
		"drop schema": {"DROP SCHEMA IF EXISTS a, b CASCADE", rsql.DropSchema{Names: []string{"a", "b"}, IfExists: true, Cascade: true}},
		"view, AWS's tutorial": {
			`CREATE MATERIALIZED VIEW v DISTKEY(6) sortkey(1) AUTO REFRESH YES AS SELECT * FROM evdata."s"`,
			rsql.CreateMaterializedView{
				Name: rsql.Name{Name: "v"}, AutoRefresh: true, Query: &rsql.Query{Verb: "SELECT", Relations: []rsql.Relation{{Name: rsql.Name{Schema: "evdata", Name: "s"}}}},
				Attributes: rsql.Attributes{DistKey: &rsql.Key{Ordinal: 6}, SortStyle: "compound", SortKey: []rsql.Key{{Ordinal: 1}}},
			},
		},
		"view, all clauses": {
			`CREATE MATERIALIZED VIEW public."V" BACKUP NO DISTSTYLE KEY DISTKEY("Id") COMPOUND SORTKEY(a, "B") AUTO REFRESH NO AS SELECT 1 AS id`,
			rsql.CreateMaterializedView{
				Name: v, Query: &rsql.Query{Verb: "SELECT"},
				Attributes: rsql.Attributes{NoBackup: true, DistStyle: "key", DistKey: &rsql.Key{Name: "id"}, SortStyle: "compound", SortKey: []rsql.Key{{Name: "a"}, {Name: "b"}}},
			},
		},
		"auto refresh":       {"ALTER MATERIALIZED VIEW public.v AUTO REFRESH YES", rsql.AlterMaterializedView{Name: v, AutoRefresh: &yes}},
		"alter distkey":      {"ALTER MATERIALIZED VIEW public.v ALTER DISTKEY id", rsql.AlterMaterializedView{Name: v, Attributes: &rsql.Attributes{DistStyle: "key", DistKey: &rsql.Key{Name: "id"}}}},
		"alter diststyle":    {"ALTER MATERIALIZED VIEW public.v ALTER DISTSTYLE EVEN", rsql.AlterMaterializedView{Name: v, Attributes: &rsql.Attributes{DistStyle: "even"}}},
		"alter sortkey":      {"ALTER MATERIALIZED VIEW public.v ALTER COMPOUND SORTKEY (a, b)", rsql.AlterMaterializedView{Name: v, Attributes: &rsql.Attributes{SortStyle: "compound", SortKey: []rsql.Key{{Name: "a"}, {Name: "b"}}}}},
		"alter sortkey none": {"ALTER MATERIALIZED VIEW public.v ALTER SORTKEY NONE", rsql.AlterMaterializedView{Name: v, Attributes: &rsql.Attributes{SortStyle: "none"}}},
		"refresh":            {"REFRESH MATERIALIZED VIEW public.v", rsql.RefreshMaterializedView{Name: v}},
		"drop":               {"DROP MATERIALIZED VIEW IF EXISTS public.v RESTRICT", rsql.DropMaterializedView{Names: []rsql.Name{v}, IfExists: true}},
		"append":             {"ALTER TABLE kept APPEND FROM public.v", rsql.AppendTable{Target: rsql.Name{Name: "kept"}, From: v}},
		"set":                {"SET enable_case_sensitive_identifier TO true", rsql.Set{Parameter: rsql.CaseSensitiveIdentifier, On: true}},
		"table": {
			`CREATE TABLE IF NOT EXISTS "T" (a VARCHAR(MAX) ENCODE zstd DISTKEY, b DECIMAL DEFAULT 0 SORTKEY, c SUPER, d VARBYTE(100) NOT NULL, e TEXT UNIQUE, PRIMARY KEY (a)) BACKUP YES`,
			rsql.CreateTable{
				Name: rsql.Name{Name: "t"}, IfNotExists: true,
				Body:       "a varchar(65535), b DECIMAL(18,0) DEFAULT 0, c SUPER, d varbyte NOT NULL, e varchar(256)",
				Attributes: rsql.Attributes{DistStyle: "key", DistKey: &rsql.Key{Name: "a"}, SortStyle: "compound", SortKey: []rsql.Key{{Name: "b"}}},
			},
		},
		"table like": {"CREATE TABLE kept (LIKE public.v)", rsql.CreateTable{Name: rsql.Name{Name: "kept"}, Body: "LIKE public.v", Like: &v}},
		"table as": {
			"CREATE TEMP TABLE t DISTSTYLE ALL AS SELECT a FROM x, y JOIN z.w AS q ON true WHERE a IN (SELECT b FROM inner_one)",
			rsql.CreateTable{Name: rsql.Name{Name: "t"}, Temp: true, Attributes: rsql.Attributes{DistStyle: "all"}, Query: &rsql.Query{Verb: "SELECT", Relations: []rsql.Relation{
				{Name: rsql.Name{Name: "x"}}, {Name: rsql.Name{Name: "y"}}, {Name: rsql.Name{Schema: "z", Name: "w"}, Alias: "q"}, {Name: rsql.Name{Name: "inner_one"}},
			}}},
		},
		"relations that aren't": {
			"SELECT extract(year FROM a), trim(both 'x' FROM b), a IS DISTINCT FROM c FROM (SELECT 1) h",
			&rsql.Query{Verb: "SELECT"},
		},
		"drop table": {"DROP TABLE IF EXISTS a, b.c", &rsql.Query{Verb: "DROP TABLE", Changes: []rsql.Name{{Name: "a"}, {Schema: "b", Name: "c"}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := rsql.Parse(tt.sql, rsql.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(rsql.Query{}, rsql.Relation{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"nothing":                   {" ; ", "the statement is empty"},
		"no statement":              {"SELEC 1", "syntax error at or near \"SELEC\"\n  Position: 1"},
		"two statements":            {"SELECT 1; SELECT 2", "only one statement is allowed; send a second one on its own\n  Position: 9"},
		"unknown statement":         {"VACUUM t", "the local twin doesn't run VACUUM T"},
		"unknown create":            {"CREATE EXTERNAL TABLE x", "the local twin doesn't run CREATE EXTERNAL TABLE"},
		"transaction":               {"BEGIN", "the local twin doesn't run BEGIN"},
		"other external schema":     {"CREATE EXTERNAL SCHEMA a FROM MSK IAM_ROLE default", "the local twin doesn't run CREATE EXTERNAL SCHEMA … FROM MSK; it has Kinesis streams only"},
		"schema without role":       {"CREATE EXTERNAL SCHEMA a FROM KINESIS", "syntax error at end of input"},
		"view if not exists":        {"CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1", "syntax error at or near \"IF\"\n  Position: 26"},
		"view or replace":           {"CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1", "the local twin doesn't run CREATE OR REPLACE"},
		"auto refresh before key":   {"CREATE MATERIALIZED VIEW v AUTO REFRESH YES SORTKEY(a) AS SELECT 1", "syntax error at or near \"SORTKEY\"\n  Position: 45"},
		"refresh cascade":           {"REFRESH MATERIALIZED VIEW v CASCADE", "the local twin doesn't run REFRESH MATERIALIZED VIEW … CASCADE; refresh each view in order"},
		"rest of a statement":       {"REFRESH MATERIALIZED VIEW v w", "syntax error at or near \"w\"\n  Position: 29"},
		"identity":                  {"CREATE TABLE t (a int IDENTITY(1,1))", "the local twin doesn't run IDENTITY in CREATE TABLE"},
		"no schema binding":         {"CREATE VIEW v AS SELECT 1 WITH NO SCHEMA BINDING", "the local twin doesn't run CREATE VIEW … WITH NO SCHEMA BINDING"},
		"PostgreSQL's ON CONFLICT":  {"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "syntax error at or near \"ON\"\n  Position: 26"},
		"PostgreSQL's RETURNING":    {"DELETE FROM t RETURNING a", "syntax error at or near \"RETURNING\"\n  Position: 15"},
		"PostgreSQL's operators":    {"SELECT a ->> 'b' FROM t", "syntax error at or near \"->>\"\n  Position: 10"},
		"parameter without a value": {"SELECT :a", "parameter \":a\" has no value; add it to Parameters\n  Position: 8"},
		"insert or create user":     {"CREATE USER u PASSWORD DISABLE CREATEDB", "the local twin doesn't run CREATE USER … CREATEDB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rsql.Parse(tt.sql, rsql.Options{})
			if err == nil || err.Error() != tt.want {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

// kafka is what the twin has none of.
var kafka = regexp.MustCompile(`FROM (KAFKA|MSK)|ALTER EXTERNAL SCHEMA`)

// TestParsePlans parses every statement that the model of the project's views
// is tested to make.
func TestParsePlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../../ddl/testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("want plans, got %q, %v", files, err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name != "plan.sql" || len(f.Data) == 0 {
				continue
			}
			for sql := range strings.SplitSeq(strings.TrimSpace(string(f.Data)), ";\n") {
				st, err := rsql.Parse(sql, rsql.Options{})
				if strings.HasPrefix(sql, "-- refused") {
					continue
				}
				if kafka.MatchString(sql) {
					if err == nil || !strings.HasPrefix(err.Error(), "the local twin doesn't run") {
						t.Errorf("%s: want it refused by name, got %v", filepath.Base(file), err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %s: %v", filepath.Base(file), sql, err)
				}
				if v, ok := st.(rsql.CreateMaterializedView); ok {
					if _, err := v.Query.RewriteStream(rsql.Env{}, "incoming"); err != nil {
						t.Errorf("%s: %s: %v", filepath.Base(file), sql, err)
					}
				}
			}
		}
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	super := rsql.Env{Supers: map[string]bool{"payload": true}}
	keep := rsql.Env{Supers: super.Supers, Options: rsql.Options{CaseSensitiveSuper: true}}
	tests := map[string]struct {
		env       rsql.Env
		sql, want string
	}{
		"quoted names fold":      {rsql.Env{}, `SELECT count(*) AS "#Users", "A""b" FROM "T"`, `SELECT count(*) AS "#users", "a""b" FROM "t"`},
		"quoted names kept":      {rsql.Env{Options: rsql.Options{CaseSensitiveIdentifier: true}}, `SELECT "A"`, `SELECT "A"`},
		"hash alias":             {rsql.Env{}, `SELECT 1 AS #Users`, `SELECT 1 AS "#users"`},
		"comments go":            {rsql.Env{}, "SELECT 1 -- one\n, 2", "SELECT 1 , 2"},
		"types":                  {rsql.Env{}, "SELECT a::varchar, b::VARCHAR(MAX), c::decimal, CAST(d AS numeric), e::character varying(5), f::varbyte(9)", "SELECT a::varchar(256), b::varchar(65535), c::decimal(18,0), CAST(d AS numeric(18,0)), e::varchar(5), f::varbyte"},
		"try_cast":               {rsql.Env{}, "SELECT TRY_CAST(NULLIF(a, '') AS DECIMAL(10,2)) x", "SELECT pg_catalog.try_cast((NULLIF(a, ''))::text, 'decimal(10,2)')::DECIMAL(10,2) x"},
		"try_cast in try_cast":   {rsql.Env{}, "SELECT TRY_CAST(TRY_CAST(a AS int) AS date)", "SELECT pg_catalog.try_cast((pg_catalog.try_cast((a)::text, 'int')::int)::text, 'date')::date"},
		"try_cast to text":       {rsql.Env{}, "SELECT TRY_CAST(a AS VARCHAR(3))", "SELECT (a)::varchar(3)"},
		"char":                   {rsql.Env{}, "SELECT a::char(3), CAST(a || b AS character(3)), c::nchar", "SELECT a::pg_catalog.single_byte::char(3), CAST((a || b )::pg_catalog.single_byte AS character(3)), c::pg_catalog.single_byte::nchar"},
		"date parts":             {rsql.Env{}, "SELECT dateadd(minute, -5, getdate()), datediff('day', a, b)", "SELECT dateadd('minute', -5, getdate()), datediff('day', a, b)"},
		"super":                  {super, "SELECT payload.a, payload FROM t", "SELECT (payload #> ARRAY['a']), payload FROM t"},
		"super folds":            {super, "SELECT payload.clusterID FROM t", "SELECT (payload #> ARRAY['clusterid']) FROM t"},
		"super keeps case":       {keep, `SELECT e.payload.clusterID::int, e.payload."X"[0].y FROM t e`, `SELECT (e.payload #>> ARRAY['clusterID'])::int, (e.payload #> ARRAY['X','0','y']) FROM t e`},
		"super compared":         {super, "SELECT 1 FROM t WHERE payload.a = 'x' AND 'y' <> t.payload.b AND payload.c IS NULL", "SELECT 1 FROM t WHERE (payload #>> ARRAY['a']) = 'x' AND 'y' <> (t.payload #>> ARRAY['b']) AND (payload #>> ARRAY['c']) IS NULL"},
		"super in cast":          {super, "SELECT CAST(payload.a AS date), TRY_CAST(payload.b AS int) FROM t", "SELECT CAST((payload #>> ARRAY['a']) AS date), pg_catalog.try_cast(((payload #>> ARRAY['b']))::text, 'int')::int FROM t"},
		"a table named payload":  {super, "SELECT payload.a FROM payload", "SELECT payload.a FROM payload"},
		"grant to a role":        {rsql.Env{}, `GRANT SELECT ON "V" TO ROLE "Readers", GROUP g`, `GRANT SELECT ON "v" TO  "readers", GROUP g`},
		"json_serialize":         {rsql.Env{}, "SELECT json_serialize(p)", `SELECT "json_serialize"(p)`},
		"nothing to be done for": {rsql.Env{}, "INSERT INTO t VALUES ('a::b', 1)", "INSERT INTO t VALUES ('a::b', 1)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, err := rsql.Parse(tt.sql, tt.env.Options)
			if err != nil {
				t.Fatal(err)
			}
			q, ok := st.(*rsql.Query)
			if !ok {
				t.Fatalf("want a query, got %T", st)
			}
			got, err := q.Rewrite(tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	st, err := rsql.Parse("SELECT :name, ':name', a::int -- :name", rsql.Options{Parameters: map[string]string{"name": `it's a \ `}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := st.(*rsql.Query).Rewrite(rsql.Env{}) //nolint:forcetypeassert,errcheck // a SELECT is a query
	if want := `SELECT 'it''s a \\ ', ':name', a::int`; err != nil || got != want {
		t.Errorf("want %q, got %q, %v", want, got, err)
	}
	names, err := rsql.Parameters("SELECT :b, :a, :b, ':c'")
	if diff := cmp.Diff([]string{"b", "a"}, names); err != nil || diff != "" {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

// view parses a CREATE MATERIALIZED VIEW and returns its query.
func view(t *testing.T, sql string) *rsql.Query {
	t.Helper()
	st, err := rsql.Parse("CREATE MATERIALIZED VIEW v AS "+sql, rsql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, ok := st.(rsql.CreateMaterializedView)
	if !ok {
		t.Fatalf("want a view, got %T", st)
	}
	return v.Query
}

func TestRewriteStream(t *testing.T) {
	t.Parallel()
	const valid = `(SELECT *, pg_catalog.can_json_parse(kinesis_data) AS _valid FROM incoming OFFSET 0)`
	const document = `(SELECT *, CASE WHEN _valid AND pg_catalog.octet_length(kinesis_data) <= 65535 THEN pg_catalog.convert_from(kinesis_data, 'UTF8')::json END AS _document FROM ` + valid + ` AS r OFFSET 0)`
	tests := map[string]struct{ sql, want string }{
		"plain":   {`SELECT kinesis_data FROM ev."S" WHERE len(kinesis_data) > 1`, `SELECT kinesis_data FROM incoming AS "s" WHERE len(kinesis_data) > 1`},
		"aliased": {`SELECT x.kinesis_data FROM ev.s AS x`, `SELECT x.kinesis_data FROM incoming AS x`},
		"star": {
			"SELECT *, 2 * 3 FROM ev.s",
			`SELECT approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time, kinesis_data, 2 * 3 FROM incoming AS "s"`,
		},
		"valid": {
			"SELECT CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END FROM ev.s",
			"SELECT CASE WHEN _valid THEN json_parse(kinesis_data) END FROM " + valid + ` AS "s"`,
		},
		"document": {
			"SELECT json_extract_path_text(from_varbyte(s.kinesis_data, 'UTF-8'), 'a', 'b', true) FROM ev.s",
			"SELECT (CASE WHEN _document IS NOT NULL THEN _document #>> ARRAY['a','b'] ELSE json_extract_path_text(from_varbyte(s.kinesis_data, 'UTF-8'), 'a', 'b', true) END) FROM " + document + ` AS "s"`,
		},
		"other calls stay": {
			"SELECT json_extract_path_text(from_varbyte(kinesis_data, 'hex'), 'a'), can_json_parse(partition_key) FROM ev.s",
			`SELECT json_extract_path_text(from_varbyte(kinesis_data, 'hex'), 'a'), can_json_parse(partition_key) FROM incoming AS "s"`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := view(t, tt.sql).RewriteStream(rsql.Env{}, "incoming")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRewriteStreamRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql  string
		want []string
	}{
		"several at once": {
			"WITH x AS (SELECT 1) SELECT DISTINCT count(*) FROM ev.s JOIN t ON true GROUP BY 1 ORDER BY 1 LIMIT 1",
			[]string{"WITH clause", "reads one stream", "subquery", "DISTINCT", "COUNT", "GROUP BY", "ORDER BY", "LIMIT"},
		},
		"window":         {"SELECT row_number() OVER (PARTITION BY shard_id) FROM ev.s", []string{"window functions"}},
		"set operation":  {"SELECT 1 FROM ev.s UNION ALL SELECT 1 FROM ev.s", []string{"set operations", "reads one stream"}},
		"boolean":        {"SELECT TRY_CAST(partition_key AS BOOLEAN) FROM ev.s", []string{"TRY_CAST to BOOLEAN isn't supported; use CASE"}},
		"unknown type":   {"SELECT kinesis_data::bytea FROM ev.s", []string{`type "bytea" does not exist`}},
		"cast without A": {"SELECT TRY_CAST(partition_key) FROM ev.s", []string{`syntax error at or near "TRY_CAST"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := view(t, tt.sql).RewriteStream(rsql.Env{}, "incoming")
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in the error, got %v", want, err)
				}
			}
		})
	}
}
