package redshiftdata_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// engine is a redshiftdata.Engine without a database. "SELECT n" returns n rows, and
// "SELECT n WIDE" n rows of 100 KiB. "MEBIBYTES n" returns n rows of 1 MiB. "WAIT" runs until
// its context ends. "FAIL" fails. All other statements succeed without a result.
type engine struct {
	mu  sync.Mutex
	ran []string // each statement that was run, with its target and parameters
}

func (*engine) Cluster(id string) (sqlengine.Cluster, bool) {
	c, ok := map[string]sqlengine.Cluster{
		"streaming-cluster": {ID: "streaming-cluster", Database: "dev", SecretARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin"},
		"asleep":            {ID: "asleep", Database: "dev", Paused: true},
		"without-secret":    {ID: "without-secret", Database: "dev"},
	}[id]
	return c, ok
}

// Workgroup knows one workgroup, "sales".
func (*engine) Workgroup(name string) string {
	return map[string]string{"sales": "streaming-cluster"}[name]
}

func (*engine) Databases(string) []string { return []string{"analytics", "dev", "sample"} }

func (e *engine) Exec(ctx context.Context, t sqlengine.Target, sql string, parameters map[string]string) (sqlengine.Result, error) {
	e.mu.Lock()
	e.ran = append(e.ran, fmt.Sprintf("%s/%s %s %v", t.Cluster, t.Database, sql, maps.Clone(parameters)))
	e.mu.Unlock()
	if t.Database != "dev" {
		return sqlengine.Result{}, &sqlengine.Error{Severity: "FATAL", Message: fmt.Sprintf("database %q does not exist", t.Database)}
	}
	switch {
	case sql == "WAIT":
		<-ctx.Done()
		return sqlengine.Result{}, &sqlengine.Error{Message: "Query cancelled on user's request"}
	case sql == "FAIL":
		return sqlengine.Result{}, &sqlengine.Error{Message: `relation "x" does not exist`}
	case strings.HasPrefix(sql, "SELECT "):
		return rowsOf(sql), nil
	case strings.HasPrefix(sql, "MEBIBYTES "):
		return mebibytes(sql), nil
	}
	return sqlengine.Result{QueryID: 7, PID: 42}, nil
}

// rowsOf returns the result of "SELECT n" or "SELECT n WIDE". Each row has a value of
// every type that fieldOf distinguishes.
func rowsOf(sql string) sqlengine.Result {
	var n int
	_, _ = fmt.Sscanf(sql, "SELECT %d", &n)
	r := sqlengine.Result{RowsAffected: int64(n), QueryID: 7, PID: 42, Columns: []sqlengine.Column{
		{Name: "n", Type: "int8", NotNull: true},
		{Name: "price", Type: "numeric", Precision: 10, Scale: 2, Schema: "public", Table: "t"},
		{Name: "ok", Type: "bool"},
		{Name: "ratio", Type: "float8"},
		{Name: "note", Type: "varchar", Length: 256},
	}}
	var note []byte
	if strings.HasSuffix(sql, "WIDE") {
		note = bytes.Repeat([]byte("x"), 100<<10)
	}
	for i := range n {
		r.Rows = append(r.Rows, [][]byte{fmt.Append(nil, i), []byte("1.50"), []byte("t"), []byte("0.25"), note})
	}
	return r
}

// mebibytes returns the result of "MEBIBYTES n". Its rows share their memory.
func mebibytes(sql string) sqlengine.Result {
	var n int
	_, _ = fmt.Sscanf(sql, "MEBIBYTES %d", &n)
	row := [][]byte{make([]byte, 1<<20)}
	r := sqlengine.Result{RowsAffected: int64(n), Columns: []sqlengine.Column{{Name: "text", Type: "varchar"}}}
	for range n {
		r.Rows = append(r.Rows, row)
	}
	return r
}

func (e *engine) ExecBatch(ctx context.Context, t sqlengine.Target, sqls []string, parameters map[string]string) ([]sqlengine.Result, error) {
	var results []sqlengine.Result
	for _, sql := range sqls {
		r, err := e.Exec(ctx, t, sql, parameters)
		if err != nil {
			return results, err
		}
		results = append(results, r)
	}
	return results, nil
}
