package ddl_test

import (
	"encoding/json"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// The statement that makes a landing view.
func ExampleView_SQL() {
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

// All that is wrong with a view is told at once.
func ExampleView_Check() {
	_, problems := ddl.View{
		Name: "table", Stream: ddl.Stream{Schema: "web", Name: "Clicks"},
		Columns: []ddl.Column{ddl.FieldColumn("page", "TEXTT", "page")},
	}.Check()
	fmt.Println(problems)
	// Output:
	// name: "table" is a reserved word of Redshift; write another name, such as "table_"
	// stream.name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the stream "clicks"
	// columns[0].type: "TEXTT" is not a supported column type; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER
}

// Check returns the view as Redshift will hold it.
func ExampleView_Check_defaults() {
	checked, _ := ddl.View{
		Name: "Clicks", Stream: ddl.Stream{Schema: "web", Name: "clicks"},
		Columns: []ddl.Column{ddl.FieldColumn("Page", "character varying", "page")},
	}.Check()
	fmt.Println(checked.Schema, checked.Name, checked.Columns[0].Name, checked.Columns[0].Type, checked.BadRecords, checked.OnReplace)
	// Output:
	// public clicks page VARCHAR(256) Keep Keep
}

// A plain view over a landing view takes fields out of its payload.
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

// Declarations may come from a file.
func ExampleDecode() {
	var file any
	text := `{"name": "clicks", "stream": {"schema": "web", "name": "clicks"}, "columns": [{"name": "click", "type": "SUPER"}], "sortkey": []}`
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		fmt.Println(err)
	}
	view, problems := ddl.Decode[ddl.View](file)
	fmt.Println(view.Name)
	fmt.Println(problems)
	// Output:
	// clicks
	// sortkey: unknown key; write one of name, schema, stream, from, columns, badRecords, onReplace, distStyle, distKey, sortKey, manualRefresh, noBackup, grants
}

// A name in SQL of one's own is quoted on its way out, a value is a literal.
func ExampleParseIdent() {
	view, err := ddl.ParseIdent("Clicks")
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("SELECT COUNT(*) FROM %s WHERE page = %s\n", view, ddl.Literal("it's"))
	// Output:
	// SELECT COUNT(*) FROM "clicks" WHERE page = 'it''s'
}
