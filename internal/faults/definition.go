package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// what is the kind of an object.
type what string

// The kinds of objects that have lives.
const (
	streamingView  what = "MATERIALIZED VIEW"
	plainView      what = "VIEW"
	externalSchema what = "SCHEMA"
)

// resourceType is the custom resource's.
func (w what) resourceType() string {
	return map[what]string{
		streamingView: "Custom::RedshiftStreamingView", plainView: "Custom::RedshiftView", externalSchema: "Custom::RedshiftExternalSchema",
	}[w]
}

// sql returns the name of an object as it stands in SQL.
func (w what) sql(name string) string {
	if w == externalSchema {
		return name
	}
	return "public." + name
}

// key returns the name of an object as the ledger and physical ids have it.
func (w what) key(name string) string {
	if w == externalSchema {
		return "schema " + name
	}
	return "view public." + name
}

// definition is what an object is to be like: what the lives vary of it.
type definition struct {
	what
	name, stream              string
	landing                   string // of a plain view: what it is over
	variant                   int    // of the query, or of the role
	dist, sort, manual, grant bool
	onReplace                 ddl.OnReplace
	future                    bool // its properties come from a newer Tributary
}

// grants are the definition's.
func (d definition) grants() []ddl.Grantee {
	if d.grant {
		return []ddl.Grantee{{User: reader}}
	}
	return nil
}

// schema returns the declaration of an external schema.
func (d definition) schema() ddl.Schema {
	return ddl.Schema{Name: d.name, RoleARN: fmt.Sprintf("%s%d", role, d.variant), Grants: d.grants()}
}

// view returns the declaration of a view.
func (d definition) view() ddl.View {
	if d.what == plainView {
		return ddl.View{Name: d.name, From: d.landing, Grants: d.grants(), Columns: []ddl.Column{
			ddl.MetadataColumn("seq", ddl.SequenceNumber), ddl.FieldColumn(fmt.Sprintf("n%d", d.variant), "INTEGER", "n1"),
		}}
	}
	v := ddl.View{
		Name: d.name, Stream: ddl.Stream{Schema: "evdata", Name: d.stream}, ManualRefresh: d.manual, OnReplace: d.onReplace,
		Grants: d.grants(),
		Columns: []ddl.Column{
			ddl.MetadataColumn("seq", ddl.SequenceNumber), ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn(fmt.Sprintf("n%d", d.variant), "INTEGER", "n1"),
		},
	}
	if d.dist {
		v.DistKey = "seq"
	}
	if d.sort {
		v.SortKey = []string{"arrived"}
	}
	return v
}

// properties are the custom resource's, as CloudFormation sends them.
func (d definition) properties(cluster string) (map[string]any, error) {
	key, declared := "View", any(d.view())
	if d.what == externalSchema {
		key, declared = "Schema", d.schema()
	}
	text, err := json.Marshal(map[string]any{
		"ServiceTimeout": "3600", "Warehouse": map[string]string{"clusterIdentifier": cluster, "database": database}, key: declared,
	})
	if err != nil {
		return nil, err
	}
	var p map[string]any
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	object, _ := p[key].(map[string]any) // it was put there above
	if d.manual {
		object["manualRefresh"] = "true" // CloudFormation makes strings of booleans
	}
	if d.future {
		object["invention"] = "of a later version"
	}
	return p, nil
}

// fingerprint is what the ledger is to hold.
func (d definition) fingerprint() (string, error) {
	if d.what == externalSchema {
		checked, err := d.schema().Define()
		return checked.Hash()[:32] + checked.Fingerprint()[:32], err
	}
	checked, err := d.view().Define()
	return checked.QueryHash()[:32] + checked.Fingerprint()[:32], err
}

// state is the definition in words, so that a difference can be read.
func (d definition) state() string {
	switch d.what {
	case externalSchema:
		return fmt.Sprintf("role %s%d; granted %v", role, d.variant, d.grant)
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

// stateOf returns the state of the object in the database; "" if there is none.
func (s *site) stateOf(ctx context.Context, w what, name string) (string, error) {
	if w == externalSchema {
		rows, err := s.query(ctx, "SELECT e.role, CAST(has_schema_privilege('"+reader+"', n.oid, 'USAGE') AS VARCHAR)"+
			" FROM pg_catalog.pg_namespace n JOIN pg_streaming.external_schema e ON e.schema = n.oid WHERE n.nspname = '"+name+"'")
		if err != nil || len(rows) == 0 {
			return "", err
		}
		return fmt.Sprintf("role %s; granted %s", rows[0][0], rows[0][1]), nil
	}
	rows, err := s.query(ctx, "SELECT a.attname, CAST(has_table_privilege('"+reader+"', c.oid, 'SELECT') AS VARCHAR)"+
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
	if w == plainView {
		return text, nil
	}
	rows, err = s.query(ctx, "SELECT a.dist_key, CAST(a.sort_key AS VARCHAR), CAST(v.auto_refresh AS VARCHAR)"+
		" FROM pg_catalog.pg_class c JOIN pg_streaming.view v ON v.relation = c.oid JOIN pg_streaming.attributes a ON a.relation = c.oid"+
		" WHERE c.relname = '"+name+"'")
	if err != nil || len(rows) == 0 {
		return text + "; no streaming view", err
	}
	return fmt.Sprintf("%s; dist key %q; sort key %s; auto refresh %s", text, rows[0][0], rows[0][1], rows[0][2]), nil
}
