package ddl

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Equal reports whether both definitions make the same view; what becomes of its
// rows in a later change is no part of that. It compares what was
// declared, defaults applied, never SQL text: so a newer Tributary that writes
// other SQL for the same declaration changes nothing.
func (d *ViewDefinition) Equal(other *ViewDefinition) bool {
	return d.sameQuery(other) && d.distKey == other.distKey && d.distStyle == other.distStyle &&
		slices.Equal(d.sortKey, other.sortKey) && d.manualRefresh == other.manualRefresh &&
		slices.Equal(d.grants, other.grants)
}

// sameQuery reports whether ALTER is enough to make one of the other. BACKUP
// can't be altered any more than the query.
func (d *ViewDefinition) sameQuery(other *ViewDefinition) bool {
	return d.name == other.name && d.schema == other.schema && d.from == other.from &&
		d.streamSchema == other.streamSchema && d.stream == other.stream && d.kafka == other.kafka &&
		d.badRecords == other.badRecords && d.noBackup == other.noBackup &&
		slices.EqualFunc(d.columns, other.columns, column.equal)
}

func (c column) equal(other column) bool {
	return c.name == other.name && c.metadata == other.metadata && c.typ == other.typ &&
		c.expression == other.expression && slices.Equal(c.path, other.path)
}

// QueryHash identifies the view's query: two definitions whose hashes are equal
// differ by no more than an ALTER. It does not change from release to release.
func (d *ViewDefinition) QueryHash() string {
	columns := make([][]string, len(d.columns))
	for i, c := range d.columns {
		columns[i] = append([]string{c.name.name, string(c.metadata), c.typ.String(), c.expression}, c.path...)
	}
	parts := []any{d.schema.name, d.name.name, d.from.name, d.streamSchema.name, d.stream, d.badRecords, d.noBackup, columns}
	if d.kafka {
		parts = append(parts, "kafka")
	}
	return hash(parts...)
}

// Hash identifies what of the schema can't be altered. It does not change from
// release to release.
func (d SchemaDefinition) Hash() string {
	if d.kafka != (Kafka{}) {
		return hash(d.name.name, d.source(), d.kafka.ClusterARN)
	}
	return hash(d.name.name, d.roleARN, d.region)
}

// Hash identifies what of the schema can't be altered: its name.
func (d ViewSchemaDefinition) Hash() string { return hash(d.name.name) }

func hash(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings, booleans and slices of them always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
