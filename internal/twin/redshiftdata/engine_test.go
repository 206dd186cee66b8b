package redshiftdata_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/tributary-cdk/tributary/internal/twin/redshift"
)

// engine is a redshiftdata.Engine without a database: "SELECT n" returns n
// rows, "WAIT" waits for its context, "FAIL" fails, all else succeeds.
type engine struct {
	mu  sync.Mutex
	ran []string // what was run, with its target and parameters
}

func (*engine) Cluster(id string) (redshift.Cluster, bool) {
	c, ok := map[string]redshift.Cluster{
		"streaming-cluster": {ID: "streaming-cluster", Database: "dev", SecretARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin"},
		"asleep":            {ID: "asleep", Database: "dev", Paused: true},
	}[id]
	return c, ok
}

// Workgroup knows one: "sales", of the cluster.
func (*engine) Workgroup(name string) string {
	return map[string]string{"sales": "streaming-cluster"}[name]
}

func (*engine) Databases(string) []string { return []string{"analytics", "dev", "sample"} }

func (e *engine) Exec(ctx context.Context, t redshift.Target, sql string, parameters map[string]string) (redshift.Result, error) {
	e.mu.Lock()
	e.ran = append(e.ran, fmt.Sprintf("%s/%s %s %v", t.Cluster, t.Database, sql, maps.Clone(parameters)))
	e.mu.Unlock()
	if t.Database != "dev" {
		return redshift.Result{}, &redshift.Error{Severity: "FATAL", Message: fmt.Sprintf("database %q does not exist", t.Database)}
	}
	switch {
	case sql == "WAIT":
		<-ctx.Done()
		return redshift.Result{}, &redshift.Error{Message: "Query cancelled on user's request"}
	case sql == "FAIL":
		return redshift.Result{}, &redshift.Error{Message: `relation "x" does not exist`}
	case strings.HasPrefix(sql, "SELECT "):
		return rowsOf(sql), nil
	}
	return redshift.Result{QueryID: 7, PID: 42}, nil
}

// rowsOf returns the n rows of "SELECT n", each with a value of every
// kind, and from 1,000 rows on 1 KB wide.
func rowsOf(sql string) redshift.Result {
	var n int
	_, _ = fmt.Sscanf(sql, "SELECT %d", &n)
	r := redshift.Result{RowsAffected: int64(n), QueryID: 7, PID: 42, Columns: []redshift.Column{
		{Name: "n", Type: "int8", NotNull: true},
		{Name: "price", Type: "numeric", Precision: 10, Scale: 2, Schema: "public", Table: "t"},
		{Name: "ok", Type: "bool"},
		{Name: "ratio", Type: "float8"},
		{Name: "note", Type: "varchar", Length: 256},
	}}
	var note []byte
	if n >= 1000 {
		note = bytes.Repeat([]byte("x"), 1024)
	}
	for i := range n {
		r.Rows = append(r.Rows, [][]byte{fmt.Append(nil, i), []byte("1.50"), []byte("t"), []byte("0.25"), note})
	}
	return r
}

func (e *engine) ExecBatch(ctx context.Context, t redshift.Target, sqls []string, parameters map[string]string) ([]redshift.Result, error) {
	var results []redshift.Result
	for _, sql := range sqls {
		r, err := e.Exec(ctx, t, sql, parameters)
		if err != nil {
			return results, err
		}
		results = append(results, r)
	}
	return results, nil
}
