package faults

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// hash returns the hash of the definition that the ledger must contain.
func (d declaration) hash(at warehouse) (string, error) {
	r, err := definition.Read(resourceTypes[d.objectKind], contract.Encode(d.contractProperties(at)))
	return r.Hash(), err
}

// state returns the desired state as text that people can read, in the form that stateOf
// returns.
func (d declaration) state() string {
	switch d.objectKind {
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

// stateOf reads the state of the object with the given name from the database. It returns
// "" if the object does not exist.
func (sc *scenario) stateOf(ctx context.Context, name string) (string, error) {
	switch sc.objectKind {
	case externalSchema:
		return sc.stateOfRow(ctx, "role %s; granted %s", "SELECT json_extract_path_text(e.esoptions, 'IAM_ROLE'),"+
			" CAST(has_schema_privilege('"+reader+"', e.esoid, 'USAGE') AS VARCHAR) FROM svv_external_schemas e WHERE e.schemaname = '"+name+"'")
	case ordinarySchema:
		return sc.stateOfRow(ctx, "schema; granted %s, to the role %s", "SELECT CAST(has_schema_privilege('"+reader+"', n.oid, 'USAGE') AS VARCHAR),"+
			" CAST(lower(coalesce(CAST(n.nspacl AS VARCHAR), '')) LIKE '%iamr:"+sc.base+"%' AS VARCHAR) FROM pg_catalog.pg_namespace n WHERE n.nspname = '"+name+"'")
	case attachment:
		if sc.attached(roleARN(name)) {
			return "attached", nil
		}
		return "", nil
	}
	return sc.stateOfView(ctx, name)
}

// stateOfRow runs a query of two columns and formats its first row with the given
// format. It returns "" if the query returns no rows.
func (sc *scenario) stateOfRow(ctx context.Context, format, sql string) (string, error) {
	rows, err := sc.query(ctx, sql)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return fmt.Sprintf(format, rows[0][0], rows[0][1]), nil
}

// stateOfView reads the state of a view from the database. It returns "" if the view
// does not exist.
func (sc *scenario) stateOfView(ctx context.Context, name string) (string, error) {
	rows, err := sc.query(ctx, "SELECT a.attname, CAST(has_table_privilege('"+reader+"', c.oid, 'SELECT') AS VARCHAR)"+
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
	if sc.objectKind == plainView {
		return text, nil
	}
	rows, err = sc.query(ctx, "SELECT CASE autorefresh WHEN 't' THEN 'true' ELSE 'false' END FROM svv_mv_info WHERE name = '"+name+"' AND state = 1")
	if err != nil || len(rows) == 0 {
		return text + "; no streaming view", err
	}
	dist, sort, err := sc.keysOf(ctx, name)
	return fmt.Sprintf("%s; dist key %q; sort key {%s}; auto refresh %s", text, dist, strings.Join(sort, ","), rows[0][0]), err
}

// keysOf returns the distribution key and the sort key columns of a relation.
func (sc *scenario) keysOf(ctx context.Context, name string) (dist string, sort []string, err error) {
	rows, err := sc.query(ctx, `SELECT "column", CAST(distkey AS VARCHAR), sortkey FROM pg_table_def WHERE tablename = '`+name+"' AND (distkey OR sortkey > 0) ORDER BY sortkey")
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

// drop removes the object with the given name as another user would do it, without the
// function.
func (sc *scenario) drop(ctx context.Context, name string) error {
	switch sc.objectKind {
	case attachment:
		return sc.changeRoles(nil, []string{roleARN(name)})
	case externalSchema, ordinarySchema:
		return sc.exec(ctx, "DROP SCHEMA "+name)
	}
	return sc.exec(ctx, "DROP "+string(sc.objectKind)+" "+sc.sql(name))
}
