package ddl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// Parts of the wanted SQL.
const (
	kinesisIf   = "octet_length(kinesis_data) <= 65535 AND can_json_parse(kinesis_data)"
	kinesisText = "json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'a', 'it''s', true)"
)

// TestColumnSQL tests the SQL of one field of each type, for each policy and each source.
func TestColumnSQL(t *testing.T) {
	t.Parallel()
	const guarded = "CASE WHEN " + kinesisIf + " THEN " + kinesisText + " END"
	stream, topic := ddl.View{BadRecords: ddl.SkipRecords}, ddl.View{BadRecords: ddl.SkipRecords, Stream: ddl.Stream{Kafka: true}}
	fails := ddl.View{BadRecords: ddl.FailRefresh}
	plain := ddl.View{From: "landing"}
	field := func(columnType string) ddl.Column { return ddl.FieldColumn("x", columnType, "a", "it's") }
	tests := map[string]struct {
		view   ddl.View
		column ddl.Column
		want   string
	}{
		"number":     {stream, field("INTEGER"), "TRY_CAST(NULLIF(" + guarded + ", '') AS INTEGER)"},
		"boolean":    {stream, field("BOOLEAN"), "CASE lower(" + guarded + ") WHEN 'true' THEN true WHEN 'false' THEN false END"},
		"super":      {stream, field("SUPER"), "CASE WHEN " + kinesisIf + " AND can_json_parse(" + kinesisText + ") THEN json_parse(" + kinesisText + ") END"},
		"varchar":    {stream, field("VARCHAR(9)"), "(CASE WHEN " + kinesisIf + " AND octet_length(" + kinesisText + ") <= 9 THEN " + kinesisText + " END)::VARCHAR(9)"},
		"char":       {stream, field("CHAR(9)"), "(CASE WHEN " + kinesisIf + " AND octet_length(" + kinesisText + ") <= 9 AND octet_length(" + kinesisText + ") = char_length(" + kinesisText + ") THEN " + kinesisText + " END)::CHAR(9)"},
		"metadata":   {stream, ddl.MetadataColumn("x", ddl.ShardID), "shard_id"},
		"payload":    {stream, ddl.PayloadColumn("x"), "CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END"},
		"expression": {stream, ddl.ExpressionColumn("x", "octet_length(kinesis_data)"), "octet_length(kinesis_data)"},
		"payload of a topic": {
			topic, ddl.PayloadColumn("x"),
			"CASE WHEN can_json_parse(kafka_value) THEN json_parse(kafka_value) END",
		},
		"field of a topic": {
			topic, field("DATE"),
			"TRY_CAST(NULLIF(CASE WHEN octet_length(kafka_value) <= 65535 AND can_json_parse(kafka_value) THEN json_extract_path_text(from_varbyte(kafka_value, 'utf-8'), 'a', 'it''s', true) END, '') AS DATE)",
		},
		"number that can fail":  {fails, field("INTEGER"), "json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'a', 'it''s')::INTEGER"},
		"super that can fail":   {fails, field("SUPER"), "json_parse(json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'a', 'it''s'))"},
		"payload that can fail": {fails, ddl.PayloadColumn("x"), "json_parse(kinesis_data)"},
		"payload of a plain view": {
			plain, ddl.PayloadColumn("x"), `"payload"`,
		},
		"field of a plain view": {
			plain, field("DATE"),
			`TRY_CAST(NULLIF(CASE WHEN json_size("payload") <= 65535 THEN json_extract_path_text(json_serialize("payload"), 'a', 'it''s', true) END, '') AS DATE)`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := test.view
			v.Name, v.Columns = "v", []ddl.Column{test.column}
			if v.From == "" {
				v.Stream.Schema, v.Stream.Name = "s", "n"
			}
			_, sql, _ := strings.Cut(v.SQL(), "AS SELECT\n  ")
			got, _, _ := strings.Cut(sql, ` AS "x"`)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("SQL of the column (-want +got):\n%s", diff)
			}
		})
	}
}

// TestViewSQL tests whole statements.
func TestViewSQL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		view ddl.View
		want string
	}{
		"attributes of a streaming view": {
			ddl.View{
				Name: "V", Schema: "Analytics", Stream: ddl.Stream{Schema: "Web", Name: "clicks"}, BadRecords: ddl.FailRefresh,
				NoBackup: true, DistKey: "Shard", SortKey: []string{"Arrived", "shard"},
				Columns: []ddl.Column{ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp), ddl.MetadataColumn("shard", ddl.ShardID)},
			},
			`CREATE MATERIALIZED VIEW "analytics"."v" BACKUP NO DISTKEY("shard") SORTKEY("arrived", "shard") AUTO REFRESH NO AS SELECT
  approximate_arrival_timestamp AS "arrived",
  shard_id AS "shard"
FROM "web"."clicks"`,
		},
		"distribution style": {
			ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "n"}, BadRecords: ddl.SkipRecords, DistStyle: "all", Columns: []ddl.Column{ddl.MetadataColumn("a", ddl.ShardID)}},
			`CREATE MATERIALIZED VIEW "public"."v" DISTSTYLE ALL AUTO REFRESH NO AS SELECT
  shard_id AS "a"
FROM "s"."n"
WHERE can_json_parse(kinesis_data)`,
		},
		"automatic distribution style": {
			ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "n"}, BadRecords: ddl.FailRefresh, DistStyle: "AUTO", Columns: []ddl.Column{ddl.MetadataColumn("a", ddl.ShardID)}},
			`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT
  shard_id AS "a"
FROM "s"."n"`,
		},
		"failed records of a view with a field": {
			ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "n"}, Columns: []ddl.Column{ddl.PayloadColumn("p"), ddl.FieldColumn("x", "DATE", "a", "it's")}},
			`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT
  CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS "p",
  TRY_CAST(NULLIF(CASE WHEN ` + kinesisIf + ` THEN ` + kinesisText + ` END, '') AS DATE) AS "x",
  CASE WHEN NOT (` + kinesisIf + `)
    OR (CASE WHEN ` + kinesisIf + ` THEN ` + kinesisText + ` END IS NOT NULL AND TRY_CAST(NULLIF(CASE WHEN ` + kinesisIf + ` THEN ` + kinesisText + ` END, '') AS DATE) IS NULL) THEN kinesis_data END AS "failed_payload"
FROM "s"."n"`,
		},
		"landing view of a topic": {
			func() ddl.View {
				v := ddl.LandingTopic("landing")
				v.Stream = ddl.Stream{Schema: "kafka", Name: "orders", Kafka: true}
				return v
			}(),
			`CREATE MATERIALIZED VIEW "public"."landing" AUTO REFRESH NO AS SELECT
  kafka_partition AS "kafka_partition",
  kafka_offset AS "kafka_offset",
  kafka_timestamp_type AS "kafka_timestamp_type",
  kafka_timestamp AS "kafka_timestamp",
  kafka_key AS "kafka_key",
  kafka_headers AS "kafka_headers",
  refresh_time AS "refresh_time",
  CASE WHEN can_json_parse(kafka_value) THEN json_parse(kafka_value) END AS "payload",
  CASE WHEN NOT can_json_parse(kafka_value) THEN kafka_value END AS "failed_payload"
FROM "kafka"."orders"`,
		},
		"plain view": {
			ddl.View{Name: "v", Schema: "s", From: "landing", Columns: []ddl.Column{ddl.MetadataColumn("k", ddl.KafkaKey), ddl.MetadataColumn("p", ddl.PartitionKey)}},
			`CREATE VIEW "s"."v" AS SELECT
  kafka_key AS "k",
  partition_key AS "p"
FROM "s"."landing"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.view.SQL()); diff != "" {
				t.Errorf("SQL (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStatementLength tests a view whose statement has exactly the highest length, and one
// with one byte more.
func TestStatementLength(t *testing.T) {
	t.Parallel()
	const most = 100 << 10
	withBytes := func(n int) ddl.View {
		return view(func(v *ddl.View) { v.Columns[1] = ddl.ExpressionColumn("page", "'"+strings.Repeat("x", n)+"'") })
	}
	n := most - len(withBytes(0).SQL())
	if _, problems := withBytes(n).Check(); len(problems) > 0 {
		t.Errorf("problems of a statement with %d bytes: want none, got %v", most, problems)
	}
	_, problems := withBytes(n + 1).Check()
	want := "the CREATE statement of the view is 102401 bytes long, but the Data API accepts at most 102400; declare fewer or shorter columns"
	if got := problems.Error(); got != want {
		t.Errorf("problems of a statement with %d bytes:\nwant %s\ngot  %s", most+1, want, got)
	}
}
