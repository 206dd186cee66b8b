package redshiftdata_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/postgres/postgrestest"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// emptyStreams is a sqlengine.Streams in which every stream exists and has one shard
// without records.
type emptyStreams struct{}

func (emptyStreams) Shards(string) ([]string, error) { return []string{"shardId-000000000000"}, nil }

func (emptyStreams) Read(string, string, string, int) ([]sqlengine.Record, error) { return nil, nil }

func (emptyStreams) Subscribe(string) (<-chan struct{}, func()) { return nil, func() {} }

// TestCatalog lists and describes objects in a real engine.
func TestCatalog(t *testing.T) {
	t.Parallel()
	server, err := postgrestest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	e, err := sqlengine.New(t.Context(), sqlengine.Options{Server: server, Streams: emptyStreams{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) }) // t's context has ended
	if err := e.CreateCluster(t.Context(), sqlengine.Cluster{ID: "streaming-cluster", Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	a := serveEngine(t, e)
	for _, sql := range []string{
		"CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE default",
		"CREATE MATERIALIZED VIEW raw AS SELECT sequence_number, json_parse(kinesis_data) AS payload FROM evdata.ev",
		"CREATE TABLE kept (id INTEGER NOT NULL, price DECIMAL(10,2))",
		"CREATE VIEW on_top AS SELECT payload FROM raw",
	} {
		if d := a.wait(a.execute(input(sql))); d.Status != types.StatusStringFinished {
			t.Fatalf("%s: %s", sql, aws.ToString(d.Error))
		}
	}
	cluster, dev := aws.String("streaming-cluster"), aws.String("dev")

	schemas, err := a.ListSchemas(t.Context(), &redshiftdata.ListSchemasInput{ClusterIdentifier: cluster, Database: dev})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"evdata", "information_schema", "pg_catalog", "public"}, schemas.Schemas); diff != "" {
		t.Errorf("schemas: -want +got:\n%s", diff)
	}
	tables, err := a.ListTables(t.Context(), &redshiftdata.ListTablesInput{ClusterIdentifier: cluster, Database: dev, SchemaPattern: aws.String("pub%")})
	if err != nil {
		t.Fatal(err)
	}
	table := func(name, kind string) types.TableMember {
		return types.TableMember{Name: &name, Schema: aws.String("public"), Type: &kind}
	}
	if diff := cmp.Diff([]types.TableMember{table("kept", "TABLE"), table("on_top", "VIEW"), table("raw", "VIEW")}, tables.Tables, ignored); diff != "" {
		t.Errorf("tables: -want +got:\n%s", diff)
	}
	kept, err := a.DescribeTable(t.Context(), &redshiftdata.DescribeTableInput{ClusterIdentifier: cluster, Database: dev, Table: aws.String("kept")})
	if err != nil {
		t.Fatal(err)
	}
	column := func(name, typ string, precision, scale, nullable int32) types.ColumnMetadata {
		return types.ColumnMetadata{
			Name: &name, Label: &name, TypeName: &typ, SchemaName: aws.String("public"), TableName: aws.String("kept"),
			Precision: precision, Scale: scale, Nullable: nullable, IsSigned: true,
		}
	}
	want := []types.ColumnMetadata{column("id", "int4", 0, 0, 0), column("price", "numeric", 10, 2, 1)}
	if diff := cmp.Diff(want, kept.ColumnList, ignored); diff != "" {
		t.Errorf("columns: -want +got:\n%s", diff)
	}
}
