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
		"view of AWS's tutorial": {
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
		"FROM without relations": {
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
		"empty":                     {" ; ", "the statement is empty"},
		"unknown word":              {"SELEC 1", "syntax error at or near \"SELEC\"\n  Position: 1"},
		"two statements":            {"SELECT 1; SELECT 2", "only one statement is allowed; send each statement separately\n  Position: 9"},
		"unknown statement":         {"VACUUM t", "the local twin doesn't run VACUUM T"},
		"unknown create":            {"CREATE EXTERNAL TABLE x", "the local twin doesn't run CREATE EXTERNAL TABLE"},
		"transaction":               {"BEGIN", "the local twin doesn't run BEGIN"},
		"other external schema":     {"CREATE EXTERNAL SCHEMA a FROM MSK IAM_ROLE default", "the local twin doesn't run CREATE EXTERNAL SCHEMA … FROM MSK; it supports KINESIS only"},
		"schema without role":       {"CREATE EXTERNAL SCHEMA a FROM KINESIS", "syntax error at end of input"},
		"view if not exists":        {"CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1", "syntax error at or near \"IF\"\n  Position: 26"},
		"view or replace":           {"CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1", "the local twin doesn't run CREATE OR REPLACE"},
		"auto refresh before key":   {"CREATE MATERIALIZED VIEW v AUTO REFRESH YES SORTKEY(a) AS SELECT 1", "syntax error at or near \"SORTKEY\"\n  Position: 45"},
		"refresh cascade":           {"REFRESH MATERIALIZED VIEW v CASCADE", "the local twin doesn't run REFRESH MATERIALIZED VIEW … CASCADE; refresh each view in order"},
		"tokens after the end":      {"REFRESH MATERIALIZED VIEW v w", "syntax error at or near \"w\"\n  Position: 29"},
		"identity":                  {"CREATE TABLE t (a int IDENTITY(1,1))", "the local twin doesn't run IDENTITY in CREATE TABLE"},
		"no schema binding":         {"CREATE VIEW v AS SELECT 1 WITH NO SCHEMA BINDING", "the local twin doesn't run CREATE VIEW … WITH NO SCHEMA BINDING"},
		"PostgreSQL's ON CONFLICT":  {"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "syntax error at or near \"ON\"\n  Position: 26"},
		"PostgreSQL's RETURNING":    {"DELETE FROM t RETURNING a", "syntax error at or near \"RETURNING\"\n  Position: 15"},
		"PostgreSQL's operators":    {"SELECT a ->> 'b' FROM t", "syntax error at or near \"->>\"\n  Position: 10"},
		"parameter without a value": {"SELECT :a", "parameter \":a\" has no value; add it to Parameters\n  Position: 8"},
		"user with privileges":      {"CREATE USER u PASSWORD DISABLE CREATEDB", "the local twin doesn't run CREATE USER … CREATEDB"},
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

// unsupported matches the statements of plans that the twin doesn't run.
var unsupported = regexp.MustCompile(`FROM (KAFKA|MSK)|ALTER EXTERNAL SCHEMA`)

// TestParsePlans parses all statements in the golden files of package definition.
func TestParsePlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../definition/testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("golden files: want at least one, got %q, %v", files, err)
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
				if unsupported.MatchString(sql) {
					if err == nil || !strings.HasPrefix(err.Error(), "the local twin doesn't run") {
						t.Errorf("%s: %s: want an error that the twin doesn't run it, got %v", filepath.Base(file), sql, err)
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
