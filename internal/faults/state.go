package faults

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// hash is what the ledger is to hold.
func (d shape) hash(at place) (string, error) {
	r, err := definition.Read(resourceTypes[d.what], contract.Encode(d.declared(at)))
	return r.Hash(), err
}

// state is the shape in words, so that a difference can be read.
func (d shape) state() string {
	switch d.what {
	case externalSchema:
		return fmt.Sprintf("role %s%d; granted %v", role, d.variant, d.grant)
	case ordinarySchema:
		return fmt.Sprintf("schema; granted %v, to the role %v", d.grant, d.grantRole)
	case attachment:
		return "attached"
	case plainView:
		return fmt.Sprintf("columns seq,n%d; granted %v", d.variant, d.grant)
	}
	dist, sort := "", "{}"
	if d.dist {
		dist = "seq"
	}
	if d.sort {
		sort = "{arrived}"
	}
	return fmt.Sprintf("columns seq,arrived,n%d,failed_payload; granted %v; dist key %q; sort key %s; auto refresh %v", d.variant, d.grant, dist, sort, !d.manual)
}

// stateOf returns the state of the life's object of a name; "" if there is none.
func (l *life) stateOf(ctx context.Context, name string) (string, error) {
	switch l.what {
	case externalSchema:
		return l.stateOfRow(ctx, "role %s; granted %s", "SELECT json_extract_path_text(e.esoptions, 'IAM_ROLE'),"+
			" CAST(has_schema_privilege('"+reader+"', e.esoid, 'USAGE') AS VARCHAR) FROM svv_external_schemas e WHERE e.schemaname = '"+name+"'")
	case ordinarySchema:
		return l.stateOfRow(ctx, "schema; granted %s, to the role %s", "SELECT CAST(has_schema_privilege('"+reader+"', n.oid, 'USAGE') AS VARCHAR),"+
			" CAST(lower(coalesce(CAST(n.nspacl AS VARCHAR), '')) LIKE '%iamr:"+l.base+"%' AS VARCHAR) FROM pg_catalog.pg_namespace n WHERE n.nspname = '"+name+"'")
	case attachment:
		if l.attached(roleARN(name)) {
			return "attached", nil
		}
		return "", nil
	}
	return l.stateOfView(ctx, name)
}

// stateOfRow puts the query's row into words; "" if there is none.
func (l *life) stateOfRow(ctx context.Context, words, sql string) (string, error) {
	rows, err := l.query(ctx, sql)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return fmt.Sprintf(words, rows[0][0], rows[0][1]), nil
}

func (l *life) stateOfView(ctx context.Context, name string) (string, error) {
	rows, err := l.query(ctx, "SELECT a.attname, CAST(has_table_privilege('"+reader+"', c.oid, 'SELECT') AS VARCHAR)"+
		" FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"+
		" WHERE c.relname = '"+name+"' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum")
	if err != nil || len(rows) == 0 {
		return "", err
	}
	var columns []string
	for _, row := range rows {
		columns = append(columns, row[0])
	}
	text := fmt.Sprintf("columns %s; granted %s", strings.Join(columns, ","), rows[0][1])
	if l.what == plainView {
		return text, nil
	}
	rows, err = l.query(ctx, "SELECT CASE autorefresh WHEN 't' THEN 'true' ELSE 'false' END FROM svv_mv_info WHERE name = '"+name+"' AND state = 1")
	if err != nil || len(rows) == 0 {
		return text + "; no streaming view", err
	}
	dist, sort, err := l.keysOf(ctx, name)
	return fmt.Sprintf("%s; dist key %q; sort key {%s}; auto refresh %s", text, dist, strings.Join(sort, ","), rows[0][0]), err
}

// keysOf returns the columns that a relation's rows are distributed and sorted by.
func (l *life) keysOf(ctx context.Context, name string) (dist string, sort []string, err error) {
	rows, err := l.query(ctx, `SELECT "column", CAST(distkey AS VARCHAR), sortkey FROM pg_table_def WHERE tablename = '`+name+"' AND (distkey OR sortkey > 0) ORDER BY sortkey")
	for _, row := range rows {
		if row[1] == "true" {
			dist = row[0]
		}
		if row[2] != "0" {
			sort = append(sort, row[0])
		}
	}
	return dist, sort, err
}

// drop removes the object of a name by hand.
func (l *life) drop(ctx context.Context, name string) error {
	switch l.what {
	case attachment:
		return l.changeRoles(nil, []string{roleARN(name)})
	case externalSchema, ordinarySchema:
		return l.exec(ctx, "DROP SCHEMA "+name)
	}
	return l.exec(ctx, "DROP "+string(l.what)+" "+l.sql(name))
}
