// Package ddl has the types with which you declare Redshift objects that read a Kinesis
// stream or a Kafka topic: external schemas, schemas and views. You pass these
// declarations to a construct, such as Ingestion of package constructs/ingestion, which
// checks them at synthesis. Tributary's Lambda function creates, alters and drops the
// declared objects when you deploy. The example [clicks] is a complete program.
//
// # A view
//
// A streaming view is a materialized view that stores the records of one stream. Most
// views have three kinds of columns: metadata of the record, such as its arrival time;
// fields of the record's JSON; and the whole record.
//
//	Views: []ddl.View{{Name: "clicks", Columns: []ddl.Column{
//		ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
//		ddl.FieldColumn("page_url", "VARCHAR(200)", "page", "url"), // record.page.url
//		ddl.PayloadColumn("click"),
//	}}},
//
// The fourth kind is [ExpressionColumn], the value of an SQL expression. A view of an
// ingestion needs no Stream, since it reads the stream of the ingestion.
//
// # Records that don't fit
//
// By default, the view stores every record. If a record isn't JSON, or if one of its
// values can't be converted to the type of its column, then the additional column
// "failed_payload" ([FailedPayload]) of that row has the record's bytes. No record makes
// a refresh fail, except through one of your own expressions. The field BadRecords of
// [View] selects another policy.
//
// # Changes
//
// Redshift can't alter the query of a streaming view, so a change of its columns replaces
// the view. The field OnReplace of [View] selects what happens to the old rows.
//
// A landing view, declared by [Landing], is a streaming view that stores whole records,
// so it never needs to be replaced. A plain view (a [View] with From) selects fields from
// the landing view. It stores no rows, so you can change it at any time:
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
// An [ExternalSchema] is the name by which SQL in a database refers to the streams of an
// account and region. An ingestion declares it for you. A [Schema] is an ordinary database
// schema, which contains views. A [Grantee] is a user, group or role that gets the
// privilege to read a view or to use a schema:
//
//	{Name: "clicks", Schema: "analytics", Grants: []ddl.Grantee{{Role: "analyst"}}, …},
//
// # Checks, JSON, and your own SQL
//
// [View], [Schema], [ExternalSchema] and [Stream] have a method Check. It returns every
// problem of a declaration as [Problems], each with the path of the field and a remedy.
// The constructs call it at synthesis, so you need it only in tests and tools. [Decode]
// converts JSON into declarations. The lab's app uses it for the setting tributary:views:
//
//	{"name": "clicks", "columns": [{"name": "page_url", "type": "VARCHAR(200)", "path": ["page", "url"]}]}
//
// [View.SQL] returns the CREATE statement of a view. [ParseIdent], [Quote] and [Literal]
// quote names and values for your own SQL.
//
// The package does no I/O and imports only the standard library.
//
// [clicks]: https://github.com/tributary-cdk/tributary/blob/main/examples/clicks/main.go
package ddl
