package ddl

// View declares a streaming view: a materialized view that reads one Kinesis
// stream through an external schema. The JSON form is what a template's custom
// resource carries, and what cdk.json may hold.
type View struct {
	// Name is the view's name.
	//
	// Required.
	Name string `json:"name"`
	// Schema is the view's own schema, which must exist.
	//
	// Default: public.
	Schema string `json:"schema,omitempty"`
	// Stream is what the view reads.
	//
	// Required.
	Stream Stream `json:"stream"`
	// Columns are the view's columns in their order.
	//
	// Required: at least one.
	Columns []Column `json:"columns"`
	// BadRecords says what becomes of records that are not JSON.
	//
	// Default: [Keep].
	BadRecords BadRecords `json:"badRecords,omitempty"`
	// DistKey names the column by whose value rows are spread over the slices.
	//
	// Default: none; rows are spread evenly.
	DistKey string `json:"distKey,omitempty"`
	// SortKey names the columns by which blocks are sorted, first one first.
	//
	// Default: none.
	SortKey []string `json:"sortKey,omitempty"`
	// ManualRefresh leaves the view as it is until somebody runs REFRESH.
	//
	// Default: false; Redshift refreshes the view as records arrive.
	ManualRefresh bool `json:"manualRefresh,omitempty"`
	// NoBackup leaves the view out of snapshots.
	//
	// Default: false.
	NoBackup bool `json:"noBackup,omitempty"`
}

// Stream names a Kinesis stream as SQL does: by the external schema that leads
// to it, and its own name.
type Stream struct {
	// Schema is the external schema's name.
	//
	// Required.
	Schema string `json:"schema"`
	// Name is the stream's name, in lower case: to read another, Redshift needs
	// enable_case_sensitive_identifier for the whole database.
	//
	// Required.
	Name string `json:"name"`
}

// BadRecords says what a view does with a record that is not JSON.
type BadRecords string

const (
	// Keep puts the record's bytes into the column [FailedPayload], next to
	// the good ones: one read of the stream, nothing lost.
	Keep BadRecords = "Keep"
	// Skip leaves the record out of the view.
	Skip BadRecords = "Skip"
	// Fail lets the record fail the refresh, and with it every later one until
	// the record leaves the stream or the view's definition changes.
	Fail BadRecords = "Fail"
)

// FailedPayload is the column in which [Keep] puts a record that is not JSON,
// null in all other rows. It is the view's last.
const FailedPayload = "failed_payload"

// Metadata is a column that Redshift gives every record of a stream.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
type Metadata string

// What Redshift knows of each record.
const (
	ApproximateArrivalTimestamp Metadata = "approximate_arrival_timestamp" // TIMESTAMP, UTC: when Kinesis took the record
	PartitionKey                Metadata = "partition_key"                 // VARCHAR(256)
	ShardID                     Metadata = "shard_id"                      // CHAR(20)
	SequenceNumber              Metadata = "sequence_number"               // VARCHAR(128)
	RefreshTime                 Metadata = "refresh_time"                  // TIMESTAMP, UTC: when the refresh that read the record began
)

// Column declares one column of a view. It is made of exactly one of Metadata,
// Type and Expression; [MetadataColumn], [PayloadColumn], [FieldColumn] and
// [ExpressionColumn] make each kind.
type Column struct {
	// Name is the column's name.
	//
	// Required.
	Name string `json:"name"`
	// Metadata is what Redshift knows of the record.
	Metadata Metadata `json:"metadata,omitempty"`
	// Type is the Redshift type of a field of the record, as [ParseType] reads
	// it. A value that doesn't fit gives null and never fails a refresh, unless
	// the view's BadRecords is [Fail].
	Type string `json:"type,omitempty"`
	// Path leads to the field through the record's objects: {"a", "b"} is
	// record.a.b. At most five names. Names are case-sensitive.
	//
	// Default: the whole record, which only a SUPER holds.
	Path []string `json:"path,omitempty"`
	// Expression is Redshift SQL over the stream's own columns: those of
	// [Metadata], and kinesis_data, the record's bytes. It is used as it is.
	Expression string `json:"expression,omitempty"`
}

// MetadataColumn returns a column of what Redshift knows of each record.
func MetadataColumn(name string, metadata Metadata) Column {
	return Column{Name: name, Metadata: metadata}
}

// PayloadColumn returns a column of the whole record as SUPER.
func PayloadColumn(name string) Column { return Column{Name: name, Type: "SUPER"} }

// FieldColumn returns a column of one field of the record.
func FieldColumn(name, columnType string, path ...string) Column {
	return Column{Name: name, Type: columnType, Path: path}
}

// ExpressionColumn returns a column computed by SQL.
func ExpressionColumn(name, sql string) Column { return Column{Name: name, Expression: sql} }
