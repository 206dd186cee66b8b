// Package ddl declares what makes a stream queryable in Redshift: an external schema that
// leads to the stream, and views that read it. It is what users of Tributary write. The
// constructs take the declarations, check them at synthesis, and the function makes,
// changes and drops what they declare.
//
// # A view
//
// A streaming view reads one stream and keeps its records. Most views have three kinds of
// columns: what Redshift knows of the record, fields of the record's JSON, and the record
// as a whole.
//
//	ddl.View{Name: "clicks", Columns: []ddl.Column{
//		ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
//		ddl.FieldColumn("page", "VARCHAR(200)", "page", "url"),
//		ddl.PayloadColumn("click"),
//	}}
//
// [ExpressionColumn] makes a fourth kind, of SQL. In an ingestion, a view needs no Stream:
// it reads the ingestion's own.
//
// # Records that don't fit
//
// By default no record makes a refresh fail and none is lost: what isn't JSON, or has a
// value that doesn't fit its column, is in the column [FailedPayload] too. [View]'s
// BadRecords changes that.
//
// # Changes
//
// Redshift can't alter the query of a streaming view, so a change of the columns replaces
// the view. [View]'s OnReplace says what becomes of its rows. A view over a landing view
// has no rows of its own and can change at any time: [Landing] declares a view that holds
// each record whole and never has to change, and [View]'s From makes a plain view over it.
//
//	ddl.Landing("landing"),
//	ddl.View{Name: "clicks", From: "landing", Columns: []ddl.Column{
//		ddl.FieldColumn("page", "VARCHAR(200)", "page", "url"),
//	}},
//
// # Schemas and readers
//
// An [ExternalSchema] is the name under which a database reads streams; an ingestion makes
// it. A [Schema] is an ordinary one, which holds views. A [Grantee] is somebody who may
// read a view or use a schema.
//
// # Checks, and SQL of your own
//
// Check, which each declaration has, returns everything that is wrong with it as
// [Problems], each with its path and what to write instead. The constructs do the same at
// synthesis, so that call is for tests and for tools. [Decode] reads declarations from
// JSON, whose keys are those of cdk.json. [View.SQL] shows the statement that makes a view.
// [ParseIdent], [Quote] and [Literal] put names and values into SQL of your own.
//
// The package does no I/O and imports the standard library only.
package ddl
