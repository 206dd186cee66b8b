package faults

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// fingerprint is what the ledger is to hold.
func (d definition) fingerprint() (string, error) {
	switch d.what {
	case externalSchema:
		checked, err := d.schema().Define()
		return checked.Hash()[:32] + checked.Fingerprint()[:32], err
	case viewSchema:
		checked, err := d.viewSchema().Define()
		return checked.Hash()[:32] + checked.Fingerprint()[:32], err
	case attachment:
		sum := sha256.Sum256([]byte(d.key(d.name)))
		return hex.EncodeToString(sum[:]), nil
	}
	checked, err := d.view().Define()
	return checked.QueryHash()[:32] + checked.Fingerprint()[:32], err
}

// state is the definition in words, so that a difference can be read.
func (d definition) state() string {
	switch d.what {
	case externalSchema:
		return fmt.Sprintf("role %s%d; granted %v", role, d.variant, d.grant)
	case viewSchema:
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
		return l.stateOfRow(ctx, "role %s; granted %s", "SELECT e.role, CAST(has_schema_privilege('"+reader+"', n.oid, 'USAGE') AS VARCHAR)"+
			" FROM pg_catalog.pg_namespace n JOIN pg_streaming.external_schema e ON e.schema = n.oid WHERE n.nspname = '"+name+"'")
	case viewSchema:
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
	rows, err = l.query(ctx, "SELECT a.dist_key, CAST(a.sort_key AS VARCHAR), CAST(v.auto_refresh AS VARCHAR)"+
		" FROM pg_catalog.pg_class c JOIN pg_streaming.view v ON v.relation = c.oid JOIN pg_streaming.attributes a ON a.relation = c.oid"+
		" WHERE c.relname = '"+name+"'")
	if err != nil || len(rows) == 0 {
		return text + "; no streaming view", err
	}
	return fmt.Sprintf("%s; dist key %q; sort key %s; auto refresh %s", text, rows[0][0], rows[0][1], rows[0][2]), nil
}

// drop removes the object of a name by hand.
func (l *life) drop(ctx context.Context, name string) error {
	switch l.what {
	case attachment:
		return l.changeRoles(nil, []string{roleARN(name)})
	case externalSchema, viewSchema:
		return l.exec(ctx, "DROP SCHEMA "+name)
	}
	return l.exec(ctx, "DROP "+string(l.what)+" "+l.sql(name))
}
