package ddl

// View declares a streaming view: a materialized view that reads one stream or topic
// through an external schema. If From is set, it declares a plain view over a streaming
// one. The JSON form is what a template's custom resource carries, and what cdk.json may
// hold. "Change" says what a changed field does to a deployed view.
type View struct {
	// Name is the view's name.
	//
	// Required.
	//
	// Change: makes another view; the old one goes as the RemovalPolicy says.
	Name string `json:"name"`
	// Schema is the view's own schema, which must exist: a [Schema] makes one.
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
	// Stream, BadRecords, OnReplace, DistStyle, DistKey, SortKey, ManualRefresh and
	// NoBackup are for views that hold rows, and are refused here.
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
	// Default: [KeepRecords].
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

// BadRecords says what a view does with a record that is not JSON, or that has
// a value which doesn't fit its column.
type BadRecords string

const (
	// KeepRecords puts the record's bytes into the column [FailedPayload], next to
	// the good ones: one read of the stream, nothing lost. A value that doesn't
	// fit is null in its own column.
	KeepRecords BadRecords = "Keep"
	// SkipRecords leaves a record that is not JSON out of the view, and makes a value
	// that doesn't fit null.
	SkipRecords BadRecords = "Skip"
	// FailRefresh lets the record fail the refresh, and with it every later one until
	// the record leaves the stream or the view's definition changes. Text that is
	// too long for its column does not fail: Redshift's cast cuts it.
	FailRefresh BadRecords = "Fail"
)

// FailedPayload is the column in which [KeepRecords] puts a record that is not JSON or
// has a value that doesn't fit, null in all other rows. It is the view's last.
const FailedPayload = "failed_payload"

// OnReplace says what becomes of a view's rows when its query changes. A
// streaming view's query can't be altered, and a new view begins where the
// stream's retention begins, so that older rows would be gone.
type OnReplace string

const (
	// KeepRows puts the old rows into a kept table, named <view>_until_<UTC time>.
	KeepRows OnReplace = "Keep"
	// DiscardRows drops them: the new view has what the stream still holds.
	DiscardRows OnReplace = "Discard"
	// RefuseChange fails the deployment instead.
	RefuseChange OnReplace = "Refuse"
)
