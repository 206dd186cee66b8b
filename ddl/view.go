package ddl

// View declares a streaming view: a materialized view that reads one Kinesis stream or
// Kafka topic through an external schema. If From is set, it declares a plain view: a
// Redshift view over a streaming view. Its JSON form is a property of the custom resource
// in a CloudFormation template, and can be written in cdk.json. The paragraphs that begin
// with "Change:" say what a change of the field does to a deployed view.
type View struct {
	// Name is the name of the view.
	//
	// Required.
	//
	// Change: creates a new view. The ingestion's RemovalPolicy decides whether the old one
	// is dropped.
	Name string `json:"name"`
	// Schema is the name of the database schema that contains the view. The schema must
	// exist. A [Schema] declares one.
	//
	// Default: public.
	//
	// Change: creates a new view in the other schema. The ingestion's RemovalPolicy decides
	// whether the old one is dropped.
	Schema string `json:"schema,omitempty"`
	// Stream is the stream or topic that a streaming view reads.
	//
	// Required, unless From is set.
	//
	// Change: replaces the view. OnReplace decides what happens to its rows.
	Stream Stream `json:"stream,omitzero"`
	// From is the name of a streaming view in the same schema. If it is set, the view is a
	// plain view over that streaming view. A plain view stores no rows, so a change of it
	// doesn't read the stream again, and there are no rows to keep. Its field columns are
	// extracted from the column "payload" of the streaming view, and its metadata columns
	// are the columns of that name: [Landing] returns a view with these columns. Stream,
	// BadRecords, OnReplace, DistStyle, DistKey, SortKey, ManualRefresh and NoBackup must not
	// be set together with From.
	//
	// Default: none; the view is a streaming view.
	//
	// Change: replaces the plain view, which stores no rows. A streaming view can't become
	// a plain view. Give the plain view another name.
	From string `json:"from,omitempty"`
	// Columns are the columns of the view in their order.
	//
	// Required: at least one.
	//
	// Change: replaces the view. OnReplace decides what happens to the rows of a streaming
	// view. A plain view stores no rows.
	Columns []Column `json:"columns"`
	// BadRecords decides what the view stores of a record that is not JSON, or that has a
	// value which can't be converted to the type of its column.
	//
	// Default: [KeepRecords].
	//
	// Change: replaces the view. OnReplace decides what happens to its rows.
	BadRecords BadRecords `json:"badRecords,omitempty"`
	// OnReplace decides what happens to the rows of a streaming view when a change of its
	// query replaces the view.
	//
	// Default: [KeepRows].
	//
	// Change: in place. The new value applies to the next change of the query, and to one
	// in the same deployment.
	OnReplace OnReplace `json:"onReplace,omitempty"`
	// DistStyle is how Redshift distributes the rows over the nodes: EVEN, ALL or AUTO.
	//
	// Default: EVEN; with a DistKey, by the value of that column.
	//
	// Change: in place, by ALTER.
	DistStyle string `json:"distStyle,omitempty"`
	// DistKey is the name of the column by whose value Redshift distributes the rows over
	// the slices.
	//
	// Default: none.
	//
	// Change: in place, by ALTER.
	DistKey string `json:"distKey,omitempty"`
	// SortKey has the names of the columns by which Redshift sorts the rows, the most
	// significant first.
	//
	// Default: none.
	//
	// Change: in place, by ALTER.
	SortKey []string `json:"sortKey,omitempty"`
	// ManualRefresh turns auto refresh off: the view gets no new records until somebody runs
	// REFRESH MATERIALIZED VIEW.
	//
	// Default: false; Redshift refreshes the view as records arrive.
	//
	// Change: in place, by ALTER.
	ManualRefresh bool `json:"manualRefresh,omitempty"`
	// NoBackup excludes the view from snapshots.
	//
	// Default: false.
	//
	// Change: replaces the view. OnReplace decides what happens to its rows.
	NoBackup bool `json:"noBackup,omitempty"`
	// Grants lists the users, groups and roles that get SELECT on the view. They also need
	// USAGE on the schema of the view. Every user has it on the schema public.
	//
	// Default: nobody but the database user who owns the view.
	//
	// Change: in place, by GRANT and REVOKE.
	Grants []Grantee `json:"grants,omitempty"`
}

// BadRecords is what a streaming view does with a bad record: one that is not JSON, or that
// has a value which can't be converted to the type of its column.
type BadRecords string

const (
	// KeepRecords stores a row for the bad record, with the record's bytes in the
	// additional column [FailedPayload]. Good and bad records are in the same view, so
	// Redshift reads the stream only once, and no record is lost. A value that can't be
	// converted is null in its own column.
	KeepRecords BadRecords = "Keep"
	// SkipRecords stores no row for a record that is not JSON. A value that can't be
	// converted is null.
	SkipRecords BadRecords = "Skip"
	// FailRefresh makes the refresh fail, and each later refresh until the record has left
	// the stream or the view's definition has changed. Text that is too long for its column
	// is not a failure: Redshift's cast truncates it.
	FailRefresh BadRecords = "Fail"
)

// FailedPayload is the name of the column that [KeepRecords] adds to a view as its last. It
// has the bytes of each bad record. It is null for all other records.
const FailedPayload = "failed_payload"

// OnReplace is what happens to the rows of a streaming view when its query changes.
// Redshift can't alter the query, so the view is replaced. The new view reads the stream
// from the beginning of its retention period, so it doesn't have older rows.
type OnReplace string

const (
	// KeepRows moves the old rows into a kept table, named <view>_until_<UTC time>.
	KeepRows OnReplace = "Keep"
	// DiscardRows drops the old rows. The new view has the records that are still in the
	// stream.
	DiscardRows OnReplace = "Discard"
	// RefuseChange makes the deployment fail before anything is changed.
	RefuseChange OnReplace = "Refuse"
)
