package redshiftdata

import (
	"cmp"
	"context"
	"strconv"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// metadataInput is the input of ListDatabases, ListSchemas, ListTables and
// DescribeTable. Each of these operations uses some of the members.
type metadataInput struct {
	connection
	ConnectedDatabase           string
	SchemaPattern, TablePattern string
	Schema, Table               string
	MaxResults                  int
	NextToken                   string
}

// tableMember is a table or view in the output of ListTables.
type tableMember struct {
	Name   string `json:"name"`
	Schema string `json:"schema"`
	Type   string `json:"type"`
}

// visibleSchemas is an SQL condition that excludes the twin's own schemas and PostgreSQL's
// internal ones.
const visibleSchemas = "nspname NOT IN ('pg_streaming', 'pg_streaming_users', 'pg_toast') AND nspname NOT LIKE 'pg\\\\_temp%' AND nspname NOT LIKE 'pg\\\\_toast\\\\_temp%'"

// listDatabases returns the names of a cluster's databases.
func (s *Service) listDatabases(ctx context.Context, in *metadataInput) (any, error) {
	if err := s.mayConnect(ctx, "ListDatabases", in.connection); err != nil {
		return nil, err
	}
	t, err := s.target(ctx, in.connection)
	if err != nil {
		return nil, err
	}
	names, next, err := page(s.engine.Databases(t.Cluster), in)
	return map[string]any{"Databases": names, "NextToken": next}, err
}

// listSchemas returns the names of a database's schemas.
func (s *Service) listSchemas(ctx context.Context, in *metadataInput) (any, error) {
	if err := s.mayConnect(ctx, "ListSchemas", in.connection); err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, in, "SELECT nspname FROM pg_namespace WHERE "+visibleSchemas+" AND nspname LIKE :schema ORDER BY 1",
		map[string]string{"schema": pattern(in.SchemaPattern)})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, row := range rows {
		names = append(names, string(row[0]))
	}
	names, next, err := page(names, in)
	return map[string]any{"Schemas": names, "NextToken": next}, err
}

// listTables returns a database's tables and views. The type of a materialized view is
// VIEW.
func (s *Service) listTables(ctx context.Context, in *metadataInput) (any, error) {
	if err := s.mayConnect(ctx, "ListTables", in.connection); err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, in, `SELECT c.relname, n.nspname, CASE WHEN n.nspname IN ('pg_catalog', 'information_schema') THEN 'SYSTEM ' ELSE '' END ||
		CASE WHEN c.relkind <> 'r' OR EXISTS (SELECT 1 FROM svv_mv_info m WHERE m.schema_name = n.nspname AND m.name = c.relname) THEN 'VIEW' ELSE 'TABLE' END
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'v', 'm') AND `+visibleSchemas+` AND n.nspname LIKE :schema AND c.relname LIKE :table ORDER BY 2, 1`,
		map[string]string{"schema": pattern(in.SchemaPattern), "table": pattern(in.TablePattern)})
	if err != nil {
		return nil, err
	}
	var tables []tableMember
	for _, row := range rows {
		tables = append(tables, tableMember{Name: string(row[0]), Schema: string(row[1]), Type: string(row[2])})
	}
	tables, next, err := page(tables, in)
	return map[string]any{"Tables": tables, "NextToken": next}, err
}

// describeTable returns a table's columns, in order.
func (s *Service) describeTable(ctx context.Context, in *metadataInput) (any, error) {
	if err := s.mayConnect(ctx, "DescribeTable", in.connection); err != nil {
		return nil, err
	}
	if in.Table == "" {
		return nil, invalid("Table is required")
	}
	t, err := s.metadataTarget(ctx, in)
	if err != nil {
		return nil, err
	}
	name := rsql.Name{Schema: in.Schema, Name: in.Table}
	r, err := s.engine.Exec(ctx, t, "SELECT * FROM "+name.String()+" WHERE false", nil)
	if err != nil {
		return nil, invalid("%v", err)
	}
	columns, next, err := page(columnsOf(r.Columns), in)
	return map[string]any{"TableName": in.Table, "ColumnList": columns, "NextToken": next}, err
}

// rows runs a query in the input's database and returns its rows.
func (s *Service) rows(ctx context.Context, in *metadataInput, sql string, parameters map[string]string) ([][][]byte, error) {
	t, err := s.metadataTarget(ctx, in)
	if err != nil {
		return nil, err
	}
	r, err := s.engine.Exec(ctx, t, sql, parameters)
	if err != nil {
		return nil, invalid("%v", err)
	}
	return r.Rows, nil
}

// metadataTarget returns the target of a metadata request. It returns an error if
// ConnectedDatabase is set and isn't Database.
func (s *Service) metadataTarget(ctx context.Context, in *metadataInput) (sqlengine.Target, error) {
	if in.ConnectedDatabase != "" && in.ConnectedDatabase != in.Database {
		return sqlengine.Target{}, invalid("ConnectedDatabase: the local twin can only describe the database to which it connects, %q, got %q", in.Database, in.ConnectedDatabase)
	}
	return s.target(ctx, in.connection)
}

// pattern returns the LIKE pattern p. An empty p matches everything.
func pattern(p string) string { return cmp.Or(p, "%") }

// page returns the page of list that the input requests, and the pagination token of the
// next page. The token is nil on the last page.
func page[T any](list []T, in *metadataInput) ([]T, *string, error) {
	if in.MaxResults < 0 || in.MaxResults > 1000 {
		return nil, nil, invalid("MaxResults: between 0 and 1000, got %d", in.MaxResults)
	}
	from := 0
	if in.NextToken != "" {
		var err error
		if from, err = offset(in.NextToken, len(list)); err != nil {
			return nil, nil, err
		}
	}
	list = append([]T{}, list[from:]...) // never nil, so that an empty page is [] in JSON
	in.MaxResults = cmp.Or(in.MaxResults, 1000)
	if len(list) <= in.MaxResults {
		return list, nil, nil
	}
	next := encode(strconv.Itoa(from + in.MaxResults))
	return list[:in.MaxResults], &next, nil
}
