package ddl

// Metadata names a metadata column: a column that Redshift adds to each record of a
// Kinesis stream or a Kafka topic. Its constants are all values.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
type Metadata string

// The metadata columns of a Kinesis stream. [RefreshTime] is one of a Kafka topic, too.
const (
	ApproximateArrivalTimestamp Metadata = "approximate_arrival_timestamp" // TIMESTAMP, UTC: when Kinesis received the record
	PartitionKey                Metadata = "partition_key"                 // VARCHAR(256)
	ShardID                     Metadata = "shard_id"                      // CHAR(20)
	SequenceNumber              Metadata = "sequence_number"               // VARCHAR(128)
	RefreshTime                 Metadata = "refresh_time"                  // TIMESTAMP, UTC: when the refresh that read the record started
)

// The metadata columns of a Kafka topic. [RefreshTime] is another one.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
const (
	KafkaPartition     Metadata = "kafka_partition"      // BIGINT
	KafkaOffset        Metadata = "kafka_offset"         // BIGINT
	KafkaTimestampType Metadata = "kafka_timestamp_type" // CHAR(1): the meaning of kafka_timestamp: C (record created), L (appended to the log) or U (unknown)
	KafkaTimestamp     Metadata = "kafka_timestamp"      // TIMESTAMP, UTC
	KafkaKey           Metadata = "kafka_key"            // VARBYTE
	KafkaHeaders       Metadata = "kafka_headers"        // SUPER
)

// Column declares one column of a view. Exactly one of Metadata, Type and Expression must
// be set. The functions [MetadataColumn], [FieldColumn], [PayloadColumn] and
// [ExpressionColumn] each return one kind of column.
type Column struct {
	// Name is the column's name.
	//
	// Required.
	Name string `json:"name"`
	// Metadata is the metadata column whose value this column has.
	//
	// Default: none; the column has a field, the whole record, or an expression.
	Metadata Metadata `json:"metadata,omitempty"`
	// Type is the Redshift type to which a field of the record is converted: SMALLINT,
	// INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP,
	// TIMESTAMPTZ, CHAR(n), VARCHAR(n) or SUPER. Redshift's aliases, such as INT8, and
	// lower case are accepted, too. Lengths are in bytes. Without lengths, the types are
	// DECIMAL(18,0), CHAR(1) and VARCHAR(256). A value that can't be converted becomes
	// null. It doesn't fail the refresh, unless the view's BadRecords is [FailRefresh].
	//
	// Default: none; the column has a metadata column or an expression.
	Type string `json:"type,omitempty"`
	// Path is the path of the field in the record's JSON: {"a", "b"} is the field b of
	// the object a. It has at most five names, which are case-sensitive. A SUPER column
	// with a path can have an object, a list, a number or a boolean. A JSON string can't
	// be converted to it.
	//
	// Default: the whole record, which needs the type SUPER.
	Path []string `json:"path,omitempty"`
	// Expression is one Redshift SQL expression. In a streaming view it can use the
	// metadata columns of [Metadata] and the record's bytes: the column kinesis_data of a
	// stream, or kafka_value of a topic. In a plain view it can use the columns of From.
	// It is copied into the CREATE statement unchanged. Syntax that Redshift and other
	// SQL servers can interpret differently is refused: comments, dollar quotes, E'…',
	// U&'…', and a backslash before a quote.
	//
	// Default: none; the column has a metadata column, a field or the whole record.
	Expression string `json:"expression,omitempty"`
}

// MetadataColumn returns a column with the value of a metadata column.
func MetadataColumn(name string, metadata Metadata) Column {
	return Column{Name: name, Metadata: metadata}
}

// PayloadColumn returns a column with the whole record, of type SUPER.
func PayloadColumn(name string) Column { return Column{Name: name, Type: "SUPER"} }

// FieldColumn returns a column with one field of the record. See [Column] for the types,
// and for the path.
func FieldColumn(name, columnType string, path ...string) Column {
	return Column{Name: name, Type: columnType, Path: path}
}

// ExpressionColumn returns a column with the value of an SQL expression.
func ExpressionColumn(name, sql string) Column { return Column{Name: name, Expression: sql} }
