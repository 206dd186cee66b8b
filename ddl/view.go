package ddl

// View declares a streaming view, a materialized view that reads one Kinesis
// stream through an external schema; or, if From is set, a plain view over a
// streaming one. The JSON form is what a template's custom resource carries, and
// what cdk.json may hold.
type View struct {
	// Name is the view's name.
	//
	// Required.
	//
	// Change: makes another view; the old one goes as the RemovalPolicy says.
	Name string `json:"name"`
	// Schema is the view's own schema, which must exist: a [ViewSchema] makes one.
	//
	// Default: public.
	//
	// Change: makes another view, in the other schema; the old one goes as the
	// RemovalPolicy says.
	Schema string `json:"schema,omitempty"`
	// Stream is what a streaming view reads.
	//
	// Required, unless From is set.
	//
	// Change: replaces the view, as OnReplace says.
	Stream Stream `json:"stream,omitzero"`
	// From names the view, in the same schema, over which this is a plain view.
	// A plain view holds no rows: changing it re-reads no stream and keeps no
	// table. It takes fields out of From's column "payload", and its metadata
	// columns are From's of those names: [Landing] declares a view that has them.
	//
	// Default: none; this is a streaming view.
	//
	// Change: replaces the view, which holds no rows; a streaming view becomes no
	// plain one: give it another name.
	From string `json:"from,omitempty"`
	// Columns are the view's columns in their order.
	//
	// Required: at least one.
	//
	// Change: replaces the view, as OnReplace says; a plain view holds no rows.
	Columns []Column `json:"columns"`
	// BadRecords says what becomes of records that are not JSON, or that have a
	// value which doesn't fit its column.
	//
	// Default: [Keep].
	//
	// Change: replaces the view, as OnReplace says.
	BadRecords BadRecords `json:"badRecords,omitempty"`
	// OnReplace says what becomes of the rows when the view's query changes.
	//
	// Default: [KeepRows].
	//
	// Change: in place; it is asked at the next change of the query.
	OnReplace OnReplace `json:"onReplace,omitempty"`
	// DistStyle is how rows are spread over the nodes: EVEN, ALL or AUTO.
	//
	// Default: EVEN; with a DistKey, by its value.
	//
	// Change: in place, by ALTER.
	DistStyle string `json:"distStyle,omitempty"`
	// DistKey names the column by whose value rows are spread over the slices.
	//
	// Default: none.
	//
	// Change: in place, by ALTER.
	DistKey string `json:"distKey,omitempty"`
	// SortKey names the columns by which blocks are sorted, first one first.
	//
	// Default: none.
	//
	// Change: in place, by ALTER.
	SortKey []string `json:"sortKey,omitempty"`
	// ManualRefresh leaves the view as it is until somebody runs REFRESH.
	//
	// Default: false; Redshift refreshes the view as records arrive.
	//
	// Change: in place, by ALTER.
	ManualRefresh bool `json:"manualRefresh,omitempty"`
	// NoBackup leaves the view out of snapshots.
	//
	// Default: false.
	//
	// Change: replaces the view, as OnReplace says.
	NoBackup bool `json:"noBackup,omitempty"`
	// Grants lists who may SELECT from the view, besides its owner. They need
	// USAGE on the view's schema, too, which they have in public.
	//
	// Default: nobody.
	//
	// Change: in place, by GRANT and REVOKE.
	Grants []Grantee `json:"grants,omitempty"`
}

// Stream names a Kinesis stream as SQL does: by the external schema that leads
// to it, and its own name.
type Stream struct {
	// Schema is the external schema's name.
	//
	// Required.
	Schema string `json:"schema"`
	// Name is the stream's or the topic's name, in lower case: to read another,
	// Redshift needs enable_case_sensitive_identifier for the whole database.
	//
	// Required.
	Name string `json:"name"`
	// Kafka says that it is a topic of Apache Kafka.
	//
	// Default: false; it is a stream of Kinesis.
	Kafka bool `json:"kafka,omitempty"`
}

// BadRecords says what a view does with a record that is not JSON, or that has
// a value which doesn't fit its column.
type BadRecords string

const (
	// Keep puts the record's bytes into the column [FailedPayload], next to
	// the good ones: one read of the stream, nothing lost. A value that doesn't
	// fit is null in its own column.
	Keep BadRecords = "Keep"
	// Skip leaves a record that is not JSON out of the view, and makes a value
	// that doesn't fit null.
	Skip BadRecords = "Skip"
	// Fail lets the record fail the refresh, and with it every later one until
	// the record leaves the stream or the view's definition changes. Text that is
	// too long for its column does not fail: Redshift's cast cuts it.
	Fail BadRecords = "Fail"
)

// FailedPayload is the column in which [Keep] puts a record that is not JSON or
// has a value that doesn't fit, null in all other rows. It is the view's last.
const FailedPayload = "failed_payload"

// OnReplace says what becomes of a view's rows when its query changes. A
// streaming view's query can't be altered, and a new view begins where the
// stream's retention begins, so that older rows would be gone.
type OnReplace string

const (
	// KeepRows puts the old rows into a table named <view>_until_<UTC time>.
	KeepRows OnReplace = "Keep"
	// DiscardRows drops them: the new view has what the stream still holds.
	DiscardRows OnReplace = "Discard"
	// RefuseChange fails the deployment instead.
	RefuseChange OnReplace = "Refuse"
)

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
	// Type is the Redshift type of a field of the record, as [ParseType] reads
	// it. A value that doesn't fit gives null and never fails a refresh, unless
	// the view's BadRecords is [Fail].
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

// Landing declares a view that holds each record whole, with all that Redshift
// knows of it: what plain views are made over. It never needs to change, so its
// rows never have to move.
func Landing(name string) View { return landing(name, kinesisMetadata) }

// LandingTopic is [Landing] for a topic of Apache Kafka.
func LandingTopic(name string) View { return landing(name, kafkaMetadata) }

func landing(name string, metadata []Metadata) View {
	v := View{Name: name}
	for _, m := range metadata {
		v.Columns = append(v.Columns, MetadataColumn(string(m), m))
	}
	v.Columns = append(v.Columns, PayloadColumn(landingPayload))
	return v
}

// landingPayload is the column of a streaming view from which plain views over
// it take fields.
const landingPayload = "payload"

// ExpressionColumn returns a column computed by SQL.
func ExpressionColumn(name, sql string) Column { return Column{Name: name, Expression: sql} }
