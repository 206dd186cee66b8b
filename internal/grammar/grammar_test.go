package grammar_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/antlr4-go/antlr/v4"
	"github.com/bytebase/parser/redshift"
	"golang.org/x/tools/txtar"
)

// exception is syntax in the Redshift documentation that the parser doesn't support. Before a
// statement is parsed, the syntax is replaced.
type exception struct {
	source  string         // the page of the Redshift documentation
	syntax  *regexp.Regexp // matches the syntax
	instead string         // replaces the syntax
}

var exceptions = map[string]exception{
	"TRY_CAST": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html",
		syntax:  regexp.MustCompile(`\bTRY_CAST\(`),
		instead: `CAST(`,
	},
	"FROM KINESIS REGION": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html",
		syntax:  regexp.MustCompile(`\bFROM KINESIS REGION '[a-z0-9-]+' IAM_ROLE\b`),
		instead: `FROM KINESIS IAM_ROLE`,
	},
	"CLUSTER_ARN": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html",
		syntax:  regexp.MustCompile(` CLUSTER_ARN '[^']+'`),
		instead: ``,
	},
	"URI of Kafka": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html",
		syntax:  regexp.MustCompile(` URI '[^']+'`),
		instead: ``,
	},
	"Kafka without a role": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html",
		syntax:  regexp.MustCompile(`\bFROM KAFKA AUTHENTICATION none`),
		instead: `FROM KAFKA IAM_ROLE 'arn' AUTHENTICATION none`,
	},
}

// TestPlans parses every statement in the golden files of package definition, after replacing
// the exceptions. It also tests that each exception is needed by at least one statement.
func TestPlans(t *testing.T) {
	t.Parallel()
	needed := map[string]bool{}
	for file, statements := range planned(t) {
		for _, sql := range statements {
			names := matching(sql)
			if err := parse(rewritten(sql, names)); err != nil {
				t.Errorf("%s: statement is not valid: %v\n%s", file, err, sql)
				continue
			}
			for i, name := range names {
				without := slices.Delete(slices.Clone(names), i, i+1)
				if parse(rewritten(sql, without)) != nil {
					needed[name] = true
				}
			}
		}
	}
	for name, e := range exceptions {
		if !needed[name] {
			t.Errorf("no statement needs the exception %q (%s); remove it", name, e.source)
		}
	}
}

// planned returns the statements in each golden file of package definition, by the name of the
// file.
func planned(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../definition/testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans in ../definition/testdata/plan: %v", err)
	}
	statements := map[string][]string{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "plan.sql" })
		if at < 0 {
			t.Fatalf("%s: no plan.sql", file)
		}
		for sql := range strings.SplitAfterSeq(string(archive.Files[at].Data), ";\n") {
			if sql != "" {
				statements[filepath.Base(file)] = append(statements[filepath.Base(file)], sql)
			}
		}
	}
	return statements
}

// matching returns the sorted names of the exceptions whose syntax is in sql.
func matching(sql string) []string {
	var names []string
	for name, e := range exceptions {
		if e.syntax.MatchString(sql) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// rewritten returns sql with the syntax of the named exceptions replaced.
func rewritten(sql string, names []string) string {
	for _, name := range names {
		sql = exceptions[name].syntax.ReplaceAllString(sql, exceptions[name].instead)
	}
	return sql
}

// TestInvalidStatements tests that the parser returns errors, so that TestPlans can fail.
func TestInvalidStatements(t *testing.T) {
	t.Parallel()
	invalid := []string{
		`CREATE MATERIALISED VIEW "public"."v" AUTO REFRESH NO AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH MAYBE AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" BACKUP NEVER AUTO REFRESH NO AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" DISTKEY "a" AUTO REFRESH NO AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" SORTKEY() AUTO REFRESH NO AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" DISTSTYLE SOME AUTO REFRESH NO AS SELECT shard_id AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT shard_id AS "a", FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT CASE WHEN can_json_parse(kinesis_data) THEN 1 AS "a" FROM "s"."x";`,
		`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT (shard_id AS "a" FROM "s"."x";`,
		`CREATE EXTERNAL SCHEMA IF NOT EXISTS "s" FROM KINESIS ROLE 'arn:aws:iam::123456789012:role/r';`,
		`CREATE EXTERNAL SCHEMA "s" IF NOT EXISTS FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/r';`,
		`CREATE EXTERNAL SCHEMA "s" FROM KINESES IAM_ROLE 'arn:aws:iam::123456789012:role/r';`,
		`REFRESH MATERIALIZED "public"."v";`,
		`ALTER MATERIALIZED VIEW "public"."v" AUTOREFRESH YES;`,
		`ALTER MATERIALIZED VIEW "public"."v" ALTER SORTKEY "a";`,
		`ALTER TABLE "public"."t" APPEND "public"."v";`,
		`DROP MATERIALIZED VIEW IF EXIST "public"."v" RESTRICT;`,
		`DROP MATERIALIZED VIEW IF EXISTS "public"."v" RESTRICTED;`,
		`GRANT SELECT ON "public"."v" GROUP "bi";`,
		`GRANT SELECT ON "public"."v" TO "ann" GROUP "bi";`,
		`REVOKE SELECT ON "public"."v" TO "ann";`,
		`CREATE TABLE "public"."t" AS SELECT * "public"."v";`,
	}
	for _, sql := range invalid {
		if parse(sql) == nil {
			t.Errorf("want an error, got nil: %s", sql)
		}
	}
}

// listener stores the first error of a parse.
type listener struct {
	*antlr.DefaultErrorListener
	err error
}

func (l *listener) SyntaxError(_ antlr.Recognizer, _ any, line, column int, message string, _ antlr.RecognitionException) {
	if l.err == nil {
		l.err = fmt.Errorf("line %d, column %d: %s", line, column, message)
	}
}

// parse returns the first syntax error in sql, or nil.
func parse(sql string) error {
	l := &listener{}
	lexer := redshift.NewRedshiftLexer(antlr.NewInputStream(sql))
	lexer.RemoveErrorListeners()
	lexer.AddErrorListener(l)
	parser := redshift.NewRedshiftParser(antlr.NewCommonTokenStream(lexer, antlr.TokenDefaultChannel))
	parser.RemoveErrorListeners()
	parser.AddErrorListener(l)
	parser.Root()
	return l.err
}
