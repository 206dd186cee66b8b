package ddl

// Metadata is a column that Redshift gives every record of a stream or a topic.
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

// What Redshift knows of each record of a topic, besides [RefreshTime].
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
const (
	KafkaPartition     Metadata = "kafka_partition"      // BIGINT
	KafkaOffset        Metadata = "kafka_offset"         // BIGINT
	KafkaTimestampType Metadata = "kafka_timestamp_type" // CHAR(1): C for when it was made, L for when it was appended, U for unknown
	KafkaTimestamp     Metadata = "kafka_timestamp"      // TIMESTAMP, UTC
	KafkaKey           Metadata = "kafka_key"            // VARBYTE
	KafkaHeaders       Metadata = "kafka_headers"        // SUPER
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
	// Type is the Redshift type of a field of the record, in any case and by any of
	// Redshift's names for it: SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE
	// PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n) or SUPER.
	// Lengths are in bytes. Without bounds the type has Redshift's defaults:
	// DECIMAL(18,0), CHAR(1), VARCHAR(256). A value that doesn't fit gives null and
	// never fails a refresh, unless the view's BadRecords is [FailRefresh].
	Type string `json:"type,omitempty"`
	// Path leads to the field through the record's objects: {"a", "b"} is
	// record.a.b. At most five names. Names are case-sensitive. A SUPER of a path
	// holds an object, a list, a number or a boolean; text doesn't fit it.
	//
	// Default: the whole record, which only a SUPER holds.
	Path []string `json:"path,omitempty"`
	// Expression is Redshift SQL over the stream's own columns: those of
	// [Metadata], and kinesis_data, the record's bytes (of a topic, kafka_value). It
	// has to be exactly one expression, and is used as it is. Text that servers read
	// in different ways is refused: comments, dollar quotes, E'…', U&'…', a backslash
	// before a quote.
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
