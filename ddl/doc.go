// Package ddl declares what makes a stream queryable in Redshift: an external schema that
// leads to the stream, and views that read it. It is what users of Tributary write. The
// constructs, such as an ingestion of package constructs/ingestion, take the declarations
// and check them at synthesis. Tributary's Lambda function makes, changes and drops what
// they declare. The example [clicks] is a whole program.
//
// # A view
//
// A streaming view reads one stream and keeps its records. Most views have three kinds of
// columns: the record's metadata, such as when it arrived; fields of the record's JSON; and
// the record as a whole.
//
//	Views: []ddl.View{{Name: "clicks", Columns: []ddl.Column{
//		ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
//		ddl.FieldColumn("page_url", "VARCHAR(200)", "page", "url"), // record.page.url
//		ddl.PayloadColumn("click"),
//	}}},
//
// [ExpressionColumn] makes a fourth kind, of SQL. A view of an ingestion needs no Stream:
// it reads the ingestion's own.
//
// # Records that don't fit
//
// By default no record is lost. One that isn't JSON, or that has a value which doesn't fit
// its column, is in the view with its bytes in the column "failed_payload"
// ([FailedPayload]). No record makes a refresh fail, unless an expression of yours does.
// [View]'s BadRecords changes that.
//
// # Changes
//
// Redshift can't alter the query of a streaming view, so a change of the columns replaces
// the view. [View]'s OnReplace says what becomes of its rows.
//
// [Landing] declares a streaming view that holds each record whole and so never has to
// change. A plain view selects from it ([View]'s From), holds no rows, and can change at
// any time:
//
//	Views: []ddl.View{
//		ddl.Landing("landing"),
//		{Name: "clicks", From: "landing", Columns: []ddl.Column{
//			ddl.FieldColumn("page_url", "VARCHAR(200)", "page", "url"),
//		}},
//	},
//
// # Schemas and readers
//
// An [ExternalSchema] is the name under which a database reads streams; an ingestion makes
// it. A [Schema] is an ordinary one, which holds views. A [Grantee] is somebody who may
// read a view or use a schema:
//
//	{Name: "clicks", Schema: "analytics", Grants: []ddl.Grantee{{Role: "analyst"}}, …},
//
// # Checks, JSON, and SQL of your own
//
// Check, which [View], [Schema], [ExternalSchema] and [Stream] have, returns everything
// that is wrong with a declaration as [Problems], each with its path and what to write
// instead. The constructs do the same at synthesis, so that call is for tests and for
// tools. [Decode] reads declarations from JSON, as the lab's app reads the setting
// tributary:views:
//
//	{"name": "clicks", "columns": [{"name": "page_url", "type": "VARCHAR(200)", "path": ["page", "url"]}]}
//
// [View.SQL] shows the statement that makes a view. [ParseIdent], [Quote] and [Literal] put
// names and values into SQL of your own.
//
// The package does no I/O and imports the standard library only.
//
// [clicks]: https://github.com/tributary-cdk/tributary/blob/main/examples/clicks/main.go
package ddl
