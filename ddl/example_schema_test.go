package ddl_test

import (
	"encoding/json"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// An external schema for the Kinesis streams of another region.
func ExampleExternalSchema() {
	schema := ddl.ExternalSchema{Name: "web", RoleARN: "arn:aws:iam::123456789012:role/reader", Region: "eu-west-1"}
	_, problems := schema.Check()
	fmt.Println(len(problems), "problems")
	// Output:
	// 0 problems
}

// An external schema for the topics of an Amazon MSK cluster.
func ExampleKafka() {
	schema := ddl.ExternalSchema{
		Name:    "orders",
		RoleARN: "arn:aws:iam::123456789012:role/reader",
		Kafka: ddl.Kafka{
			ClusterARN:     "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0f1e2d3c-4b5a",
			Authentication: ddl.KafkaIAM,
		},
	}
	_, problems := schema.Check()
	fmt.Println(len(problems), "problems")
	// Output:
	// 0 problems
}

// A schema in which a database role can read views.
func ExampleSchema() {
	checked, problems := ddl.Schema{Name: "Analytics", Grants: []ddl.Grantee{{Role: "Analyst"}}}.Check()
	fmt.Println(checked.Name, checked.Grants[0].Role, len(problems))
	// Output:
	// analytics analyst 0
}

// Exactly one field of a Grantee must be set.
func ExampleGrantee() {
	_, problems := ddl.Schema{Name: "analytics", Grants: []ddl.Grantee{
		{Group: "bi"},
		{IAMRole: "QuickSight"},
		{User: "ann", Role: "analyst"},
	}}.Check()
	fmt.Println(problems)
	// Output:
	// grants[2]: sets 2 of user, group, role, iamRole and iamUser; set exactly one
}

// Check of a stream alone.
func ExampleStream_Check() {
	_, problems := ddl.Stream{Schema: "web", Name: "web clicks"}.Check()
	fmt.Println(problems)
	// Output:
	// name: "web clicks" is not a valid stream name; write up to 128 lower-case letters, digits, underscores, hyphens and dots
}

// Views that a program reads from JSON. Decode reports each unknown key.
func ExampleDecode() {
	text := `[{"name": "clicks", "columns": [{"name": "click", "type": "SUPER"}], "sortkey": []}]`
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		fmt.Println(err)
		return
	}
	views, problems := ddl.Decode[[]ddl.View](value)
	fmt.Println(views[0].Name)
	fmt.Println(problems)
	// Output:
	// clicks
	// [0].sortkey: unknown key; write one of name, schema, stream, from, columns, badRecords, onReplace, distStyle, distKey, sortKey, manualRefresh, noBackup, grants
}

// A name and a value in your own SQL.
func ExampleParseIdent() {
	view, err := ddl.ParseIdent("Clicks")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("SELECT COUNT(*) FROM %s WHERE page = %s\n", view, ddl.Literal("it's"))
	// Output:
	// SELECT COUNT(*) FROM "clicks" WHERE page = 'it''s'
}

// A name that is not a standard identifier.
func ExampleQuote() {
	fmt.Println(`SELECT * FROM ` + ddl.Quote(`Page "views"`))
	// Output:
	// SELECT * FROM "Page ""views"""
}

// A string with a quote and a backslash.
func ExampleLiteral() {
	fmt.Println(ddl.Literal(`it's C:\temp`))
	// Output:
	// 'it''s C:\\temp'
}

// Problems of a field of a larger declaration.
func ExampleProblems_Under() {
	_, problems := ddl.Stream{Schema: "web"}.Check()
	fmt.Println(problems.Under("views[0].stream"))
	// Output:
	// views[0].stream.name: required; write the name of the stream
}
