package rsql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

func TestRewrite(t *testing.T) {
	t.Parallel()
	super := rsql.Env{Supers: map[string]bool{"payload": true}}
	keep := rsql.Env{Supers: super.Supers, Options: rsql.Options{CaseSensitiveSuper: true}}
	tests := map[string]struct {
		env       rsql.Env
		sql, want string
	}{
		"quoted names fold":     {rsql.Env{}, `SELECT count(*) AS "#Users", "A""b" FROM "T"`, `SELECT count(*) AS "#users", "a""b" FROM "t"`},
		"quoted names kept":     {rsql.Env{Options: rsql.Options{CaseSensitiveIdentifier: true}}, `SELECT "A"`, `SELECT "A"`},
		"hash alias":            {rsql.Env{}, `SELECT 1 AS #Users`, `SELECT 1 AS "#users"`},
		"comments":              {rsql.Env{}, "SELECT 1 -- one\n, 2", "SELECT 1 , 2"},
		"types":                 {rsql.Env{}, "SELECT a::varchar, b::VARCHAR(MAX), c::decimal, CAST(d AS numeric), e::character varying(5), f::varbyte(9)", "SELECT a::varchar(256), b::varchar(65535), c::decimal(18,0), CAST(d AS numeric(18,0)), e::varchar(5), f::varbyte"},
		"try_cast":              {rsql.Env{}, "SELECT TRY_CAST(NULLIF(a, '') AS DECIMAL(10,2)) x", "SELECT pg_catalog.try_cast((NULLIF(a, ''))::text, 'decimal(10,2)')::DECIMAL(10,2) x"},
		"try_cast in try_cast":  {rsql.Env{}, "SELECT TRY_CAST(TRY_CAST(a AS int) AS date)", "SELECT pg_catalog.try_cast((pg_catalog.try_cast((a)::text, 'int')::int)::text, 'date')::date"},
		"try_cast to text":      {rsql.Env{}, "SELECT TRY_CAST(a AS VARCHAR(3))", "SELECT (a)::varchar(3)"},
		"char":                  {rsql.Env{}, "SELECT a::char(3), CAST(a || b AS character(3)), c::nchar", "SELECT a::pg_catalog.single_byte::char(3), CAST((a || b )::pg_catalog.single_byte AS character(3)), c::pg_catalog.single_byte::nchar"},
		"date parts":            {rsql.Env{}, "SELECT dateadd(minute, -5, getdate()), datediff('day', a, b)", "SELECT dateadd('minute', -5, getdate()), datediff('day', a, b)"},
		"super":                 {super, "SELECT payload.a, payload FROM t", "SELECT (payload #> ARRAY['a']), payload FROM t"},
		"super folds":           {super, "SELECT payload.clusterID FROM t", "SELECT (payload #> ARRAY['clusterid']) FROM t"},
		"super keeps case":      {keep, `SELECT e.payload.clusterID::int, e.payload."X"[0].y FROM t e`, `SELECT (e.payload #>> ARRAY['clusterID'])::int, (e.payload #> ARRAY['X','0','y']) FROM t e`},
		"super compared":        {super, "SELECT 1 FROM t WHERE payload.a = 'x' AND 'y' <> t.payload.b AND payload.c IS NULL", "SELECT 1 FROM t WHERE (payload #>> ARRAY['a']) = 'x' AND 'y' <> (t.payload #>> ARRAY['b']) AND (payload #>> ARRAY['c']) IS NULL"},
		"super in cast":         {super, "SELECT CAST(payload.a AS date), TRY_CAST(payload.b AS int) FROM t", "SELECT CAST((payload #>> ARRAY['a']) AS date), pg_catalog.try_cast(((payload #>> ARRAY['b']))::text, 'int')::int FROM t"},
		"a table named payload": {super, "SELECT payload.a FROM payload", "SELECT payload.a FROM payload"},
		"grant to a role":       {rsql.Env{}, `GRANT SELECT ON "V" TO ROLE "Readers", GROUP g`, `GRANT SELECT ON "v" TO  "readers", GROUP g`},
		"json_serialize":        {rsql.Env{}, "SELECT json_serialize(p)", `SELECT "json_serialize"(p)`},
		"no changes":            {rsql.Env{}, "INSERT INTO t VALUES ('a::b', 1)", "INSERT INTO t VALUES ('a::b', 1)"},
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

// view parses a query as the query of a materialized view and returns it.
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
		"several problems": {
			"WITH x AS (SELECT 1) SELECT DISTINCT count(*) FROM ev.s JOIN t ON true GROUP BY 1 ORDER BY 1 LIMIT 1",
			[]string{"WITH clause", "reads one stream", "subquery", "DISTINCT", "COUNT", "GROUP BY", "ORDER BY", "LIMIT"},
		},
		"window":          {"SELECT row_number() OVER (PARTITION BY shard_id) FROM ev.s", []string{"window functions"}},
		"set operation":   {"SELECT 1 FROM ev.s UNION ALL SELECT 1 FROM ev.s", []string{"set operations", "reads one stream"}},
		"boolean":         {"SELECT TRY_CAST(partition_key AS BOOLEAN) FROM ev.s", []string{"TRY_CAST to BOOLEAN isn't supported; use CASE"}},
		"unknown type":    {"SELECT kinesis_data::bytea FROM ev.s", []string{`type "bytea" does not exist`}},
		"cast without AS": {"SELECT TRY_CAST(partition_key) FROM ev.s", []string{`syntax error at or near "TRY_CAST"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := view(t, tt.sql).RewriteStream(rsql.Env{}, "incoming")
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error: want it to contain %q, got %v", want, err)
				}
			}
		})
	}
}
