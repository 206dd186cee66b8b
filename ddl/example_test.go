package ddl_test

import (
	"encoding/json"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// A streaming view with a metadata column, a field, the whole record and an SQL expression.
func ExampleView() {
	view := ddl.View{
		Name:   "clicks",
		Stream: ddl.Stream{Schema: "web", Name: "clicks"}, // an ingestion sets it for you
		Columns: []ddl.Column{
			ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn("page_url", "VARCHAR(200)", "page", "url"), // record.page.url
			ddl.PayloadColumn("click"),
			ddl.ExpressionColumn("bytes", "octet_length(kinesis_data)"),
		},
		SortKey: []string{"arrived"},
		Grants:  []ddl.Grantee{{Role: "analyst"}},
	}
	checked, problems := view.Check()
	fmt.Printf("%s.%s has %d columns and %d problems.\n", checked.Schema, checked.Name, len(checked.Columns), len(problems))
	// Output:
	// public.clicks has 4 columns and 0 problems.
}

// Check returns all problems of a declaration at once.
func ExampleView_Check() {
	_, problems := ddl.View{
		Name: "table", Stream: ddl.Stream{Schema: "web", Name: "Clicks"},
		Columns: []ddl.Column{ddl.FieldColumn("page", "VARCHAR(70000)", "page")},
	}.Check()
	fmt.Println(problems)
	// Output:
	// name: "table" is a reserved word of Redshift; write another name, such as "table_"
	// stream.name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the stream "clicks"
	// columns[0].type: "VARCHAR(70000)" is out of range; write VARCHAR(n) with n from 1 to 65535 bytes
}

// Check also returns the declaration with defaults, full types and names in lower case.
func ExampleView_Check_defaults() {
	checked, _ := ddl.View{
		Name: "Clicks", Stream: ddl.Stream{Schema: "web", Name: "clicks"},
		Columns: []ddl.Column{ddl.FieldColumn("Page", "character varying", "page")},
	}.Check()
	fmt.Println(checked.Schema, checked.Name, checked.Columns[0].Name, checked.Columns[0].Type, checked.BadRecords, checked.OnReplace)
	// Output:
	// public clicks page VARCHAR(256) Keep Keep
}

// The statement that creates a streaming view. FailRefresh makes its SQL shortest.
func ExampleView_SQL() {
	view := ddl.View{
		Name: "clicks", Stream: ddl.Stream{Schema: "web", Name: "clicks"}, BadRecords: ddl.FailRefresh,
		Columns: []ddl.Column{
			ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn("page", "VARCHAR(200)", "page", "url"),
		},
	}
	fmt.Println(view.SQL())
	// Output:
	// CREATE MATERIALIZED VIEW "public"."clicks" AUTO REFRESH NO AS SELECT
	//   approximate_arrival_timestamp AS "arrived",
	//   json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'page', 'url')::VARCHAR(200) AS "page"
	// FROM "web"."clicks"
}

// A plain view over a landing view. Its payload column has the whole record.
func ExampleView_plain() {
	pages := ddl.View{Name: "pages", From: "landing", Columns: []ddl.Column{
		ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
		ddl.PayloadColumn("click"),
	}}
	fmt.Println(pages.SQL())
	// Output:
	// CREATE VIEW "public"."pages" AS SELECT
	//   approximate_arrival_timestamp AS "arrived",
	//   "payload" AS "click"
	// FROM "public"."landing"
}

// The statement that creates a landing view.
func ExampleLanding() {
	landing := ddl.Landing("landing")
	landing.Stream = ddl.Stream{Schema: "web", Name: "clicks"}
	fmt.Println(landing.SQL())
	// Output:
	// CREATE MATERIALIZED VIEW "public"."landing" AUTO REFRESH NO AS SELECT
	//   approximate_arrival_timestamp AS "approximate_arrival_timestamp",
	//   partition_key AS "partition_key",
	//   shard_id AS "shard_id",
	//   sequence_number AS "sequence_number",
	//   refresh_time AS "refresh_time",
	//   CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS "payload",
	//   CASE WHEN NOT can_json_parse(kinesis_data) THEN kinesis_data END AS "failed_payload"
	// FROM "web"."clicks"
}

// The columns of a landing view of a Kafka topic.
func ExampleLandingTopic() {
	for _, column := range ddl.LandingTopic("landing").Columns {
		fmt.Print(column.Name, " ")
	}
	// Output:
	// kafka_partition kafka_offset kafka_timestamp_type kafka_timestamp kafka_key kafka_headers refresh_time payload
}

// A field of the record's JSON, with its type and its path.
func ExampleFieldColumn() {
	price := ddl.FieldColumn("price", "DECIMAL(10,2)", "order", "price")
	text, err := json.Marshal(price)
	fmt.Println(string(text), err)
	// Output:
	// {"name":"price","type":"DECIMAL(10,2)","path":["order","price"]} <nil>
}

// The metadata column with the time at which Kinesis received the record.
func ExampleMetadataColumn() {
	text, err := json.Marshal(ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp))
	fmt.Println(string(text), err)
	// Output:
	// {"name":"arrived","metadata":"approximate_arrival_timestamp"} <nil>
}

// An expression must not contain aggregates, since it is evaluated for each record.
func ExampleExpressionColumn() {
	_, problems := ddl.View{Name: "clicks", Stream: ddl.Stream{Schema: "web", Name: "clicks"}, Columns: []ddl.Column{
		ddl.ExpressionColumn("hour", "DATE_TRUNC('hour', approximate_arrival_timestamp)"),
		ddl.ExpressionColumn("clicks", "COUNT(*)"),
	}}.Check()
	fmt.Println(problems)
	// Output:
	// columns[1].expression: "COUNT(*)": column 1: a column's expression can't contain an aggregate; put it into your query, or into a view that you create with SQL
}

// The whole record, of type SUPER.
func ExamplePayloadColumn() {
	fmt.Println(ddl.PayloadColumn("click").Type)
	// Output:
	// SUPER
}
