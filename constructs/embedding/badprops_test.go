package embedding

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/monitoring"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// badWarehouses are warehouses with invalid props: one of each kind, with its problems.
var badWarehouses = map[string]struct {
	define func(awscdk.Stack) warehouse.Warehouse
	want   []string
}{
	"cluster": {func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{Nodes: -1, Port: 1})
	}, []string{"Nodes: got -1; write 1 to 128", "Port: got 1; write a port from 5431 to 5455 or from 8191 to 8215"}},
	"serverless": {func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
			BaseCapacity: 5, UsageLimits: []warehouse.UsageLimit{{Amount: -1}},
		})
	}, []string{"BaseCapacity: got 5; write 4, or 8 to 1024 in steps of 8", "UsageLimits[0].Amount: got -1; write more than 0"}},
	"existing cluster": {func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), nil)
	}, []string{
		"ClusterIdentifier: required; write the cluster's name", "Database: required; write the database's name",
		"Secret: needs exactly one of Secret and DatabaseUser, got both or neither",
	}},
	"existing workgroup": {func(stack awscdk.Stack) warehouse.Warehouse {
		return warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), nil)
	}, []string{
		"WorkgroupName: required; write the workgroup's name", "WorkgroupID: required; write the UUID at the end of the workgroup's ARN",
		"NamespaceName: required; write the namespace's name", "NamespaceID: required; write the UUID at the end of the namespace's ARN",
		"Database: required; write the database's name",
	}},
}

// TestBadWarehouses checks that a warehouse with invalid props fails the synthesis with all
// problems, and that nothing panics before that. Other constructs use the warehouse, in its
// own stack or in another one.
func TestBadWarehouses(t *testing.T) {
	for kind, bad := range badWarehouses {
		for use, define := range map[string]func(*testing.T, awscdk.Stack, warehouse.Warehouse){
			"ingestion": func(t *testing.T, stack awscdk.Stack, w warehouse.Warehouse) {
				in := ingestion.New(stack, jsii.String("Clicks"), props(t, stack, w))
				in.GrantRead(reader(stack))
				in.MetricIncomingRecords(nil)
			},
			"monitoring": func(t *testing.T, stack awscdk.Stack, w warehouse.Warehouse) {
				m := monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{
					Warehouse: w, Stream: stream(stack), ViewNames: []string{"clicks"}, Provider: provider(t, stack, ""),
				})
				metrics(m)
			},
			"methods": func(t *testing.T, stack awscdk.Stack, w warehouse.Warehouse) {
				w.AttachRole(stack, reader(stack), provider(t, stack, ""))
				w.GrantDataAPI(reader(stack))
				w.GrantQuery(reader(stack))
				w.Metric(jsii.String("DatabaseConnections"), nil)
				w.Target().Name()
				switch w := w.(type) {
				case *warehouse.Cluster:
					w.Isolated()
					w.MetricCPUUtilization(nil)
					w.MetricPercentageDiskSpaceUsed(nil)
					w.MetricHealthStatus(nil)
					w.MetricDatabaseConnections(nil)
				case *warehouse.Serverless:
					w.Isolated()
					w.MetricComputeCapacity(nil)
					w.MetricComputeSeconds(nil)
					w.MetricDatabaseConnections(nil)
				}
			},
		} {
			for place, stackOf := range map[string]func(awscdk.App, awscdk.Stack) awscdk.Stack{
				"its own stack": func(_ awscdk.App, stack awscdk.Stack) awscdk.Stack { return stack },
				"another stack": func(app awscdk.App, _ awscdk.Stack) awscdk.Stack {
					return awscdk.NewStack(app, jsii.String("Other"), nil)
				},
			} {
				t.Run(kind+", "+use+", "+place, func(t *testing.T) {
					app := newApp(nil)
					stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
					var want []string
					for _, problem := range bad.want {
						want = append(want, "[Shop/Warehouse] "+problem)
					}
					expect(t, want, app, func() { define(t, stackOf(app, stack), bad.define(stack)) })
				})
			}
		}
	}
}

// TestBadProps checks the same for the other constructs with invalid props.
func TestBadProps(t *testing.T) {
	tests := map[string]struct {
		define func(*testing.T, awscdk.Stack)
		want   []string
	}{
		"a network that all kinds of warehouses use": {func(t *testing.T, stack awscdk.Stack) {
			network := warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{Zones: 2, AvailabilityZones: []string{"here"}, STSEndpoint: true, NoEndpoints: true})
			warehouse.NewCluster(stack, jsii.String("Cluster"), &warehouse.ClusterProps{Network: network, MultiAZ: true})
			w := warehouse.NewServerless(stack, jsii.String("Workgroup"), &warehouse.ServerlessProps{Network: network})
			ingestion.New(stack, jsii.String("Clicks"), props(t, stack, w))
		}, []string{
			"[Shop/Network] AvailabilityZones: is set together with Zones; remove one of them",
			`[Shop/Network] AvailabilityZones[0]: got "here"; write the name of a zone, such as eu-west-1a`,
			"[Shop/Network] STSEndpoint: is set together with NoEndpoints; remove one of them",
		}},
		"an ingestion that monitoring uses": {func(t *testing.T, stack awscdk.Stack) {
			w := existing(stack)
			bad := props(t, stack, w)
			bad.SchemaName, bad.Views = "select", nil
			in := ingestion.New(stack, jsii.String("Clicks"), bad)
			in.GrantRead(reader(stack))
			in.Metric(jsii.String("IncomingBytes"), nil)
			in.MetricGetRecordsIteratorAgeMilliseconds(nil)
			monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{Warehouse: w, Stream: bad.Stream, ViewNames: in.ViewNames, Provider: bad.Provider})
		}, []string{
			`[Shop/Clicks] SchemaName: "select" is a reserved word of Redshift; write another name, such as "select_"`,
			"[Shop/Clicks] Views: required; declare at least one",
		}},
		"an ingestion with nil props": {func(t *testing.T, stack awscdk.Stack) {
			in := ingestion.New(stack, jsii.String("Clicks"), nil)
			in.GrantRead(reader(stack))
			in.MetricIncomingRecords(nil)
		}, []string{
			"[Shop/Clicks] Warehouse: required; pass a warehouse of package warehouse",
			"[Shop/Clicks] Stream: required; pass a new or an imported awskinesis.IStream, or set Topic",
			"[Shop/Clicks] SchemaName: required; write the name of the external schema",
			"[Shop/Clicks] Views: required; declare at least one",
		}},
		"a monitoring with nil props": {func(_ *testing.T, stack awscdk.Stack) {
			metrics(monitoring.New(stack, jsii.String("Monitoring"), nil))
		}, []string{
			"[Shop/Monitoring] Warehouse: required; pass a warehouse of package warehouse",
			"[Shop/Monitoring] Stream: required; pass a new or an imported awskinesis.IStream",
		}},
		"a monitoring with an invalid interval": {func(t *testing.T, stack awscdk.Stack) {
			interval := time.Second
			metrics(monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{
				Warehouse: existing(stack), Stream: stream(stack), ViewInterval: &interval, Provider: provider(t, stack, ""),
			}))
		}, []string{"[Shop/Monitoring] ViewInterval: needs whole minutes up to 24 hours, got 1s; write a duration such as 5 * time.Minute, or 0 for never"}},
		"a data generator with nil props": {func(_ *testing.T, stack awscdk.Stack) {
			datagenerator.New(stack, jsii.String("Generator"), nil)
		}, []string{"[Shop/Generator] Stream: required; pass a new or an imported awskinesis.IStream"}},
		"a provider that an ingestion and monitoring use": {func(t *testing.T, stack awscdk.Stack) {
			p := props(t, stack, existing(stack))
			p.Provider = provider(t, stack, "shop ddl")
			in := ingestion.New(stack, jsii.String("Clicks"), p)
			monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{Warehouse: p.Warehouse, Stream: p.Stream, ViewNames: in.ViewNames, Provider: p.Provider})
		}, []string{`[Shop/Provider1] RoleName: got "shop ddl"; write up to 64 letters, digits and _+=,.@-`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			app := newApp(nil)
			stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
			expect(t, test.want, app, func() { test.define(t, stack) })
		})
	}
}

// expect calls define and synthesizes the app. It compares the problems that the synthesis
// fails with. A panic in define is an error.
func expect(t *testing.T, want []string, app awscdk.App, define func()) {
	t.Helper()
	func() {
		defer func() {
			if problem := recover(); problem != nil {
				t.Fatalf("defining the constructs panicked: %v", problem)
			}
		}()
		define()
	}()
	defer func() {
		var got []string
		for _, line := range strings.Split(fmt.Sprint(recover()), "\n") {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "[") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
	}()
	app.Synth(nil)
	t.Error("the app was synthesized")
}

// metrics calls all methods that return metrics.
func metrics(m *monitoring.Monitoring) {
	m.MetricGetRecordsIteratorAgeMilliseconds()
	m.MetricIncomingRecords()
	m.MetricWriteProvisionedThroughputExceeded()
	m.MetricReadProvisionedThroughputExceeded()
	m.MetricPutRecordsFailedRecords()
	m.MetricCPUUtilization()
	m.MetricPercentageDiskSpaceUsed()
	m.MetricHealthStatus()
	m.MetricComputeCapacity()
	m.MetricComputeSeconds()
	m.MetricFailedDDL()
	m.MetricFreshness("clicks", time.Minute)
	m.MetricSkippedRecords("clicks", time.Minute)
	m.MetricFailedRecords("clicks", time.Minute)
	m.MetricFailedRefreshes("clicks", time.Minute)
}

// props returns valid props of an ingestion.
func props(t *testing.T, stack awscdk.Stack, w warehouse.Warehouse) *ingestion.Props {
	t.Helper()
	return &ingestion.Props{
		Warehouse: w, Stream: stream(stack), SchemaName: "web", Provider: provider(t, stack, ""),
		Views: []ddl.View{{Name: "clicks", Columns: []ddl.Column{ddl.PayloadColumn("click")}}},
	}
}

// provider defines a Provider whose role has this name.
func provider(t *testing.T, stack awscdk.Stack, roleName string) *ddlprovider.Provider {
	t.Helper()
	return ddlprovider.New(stack, unique(stack, "Provider"), &ddlprovider.Props{Code: synthtest.Code(t), RoleName: roleName})
}

func stream(stack awscdk.Stack) awskinesis.IStream {
	return awskinesis.NewStream(stack, unique(stack, "Stream"), nil)
}

func reader(stack awscdk.Stack) awsiam.IRole {
	return awsiam.NewRole(stack, unique(stack, "Reader"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
}

// existing imports a cluster.
func existing(stack awscdk.Stack) warehouse.Warehouse {
	return warehouse.FromClusterAttributes(stack, unique(stack, "Warehouse"), &warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "owner"})
}

// unique returns a construct id that no child of the stack has.
func unique(stack awscdk.Stack, id string) *string {
	for n := 1; stack.Node().TryFindChild(&id) != nil; n++ {
		id = strings.TrimRight(id, "0123456789") + fmt.Sprint(n)
	}
	return &id
}
