package rsql_test

import (
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/redshift/rsql"
)

func TestCallsThatAreRefused(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT pg_read_file('/etc/passwd')":                   "function pg_read_file does not exist",
		`SELECT * FROM "PG_LS_DIR"('.')`:                       "function pg_ls_dir does not exist",
		"SELECT pg_catalog.lo_import('/etc/passwd')":           "function lo_import does not exist",
		"CREATE TABLE t AS SELECT pg_read_binary_file('x')":    "function pg_read_binary_file does not exist",
		"INSERT INTO t SELECT lo_export(1, '/tmp/x')":          "function lo_export does not exist",
		"SELECT listagg(a, ',') FROM t":                        "LISTAGG",
		"SELECT TOP 1 a FROM t":                                "TOP",
		"SELECT APPROXIMATE COUNT(DISTINCT a) FROM t":          "APPROXIMATE",
		"CREATE VIEW v AS SELECT median(a) FROM public.table1": "MEDIAN",
	} {
		if _, err := rsql.Parse(sql, rsql.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", sql, want, err)
		}
	}
	for _, sql := range []string{"SELECT lo_import, top FROM t", "SELECT pg_backend_pid(), approximate FROM t", "SELECT 'pg_read_file(1)'"} {
		if _, err := rsql.Parse(sql, rsql.Options{}); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
