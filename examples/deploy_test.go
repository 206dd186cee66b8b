package examples

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/twin"
)

// example contains the records that TestDeploy sends to an example on the twin, and the
// results that it expects.
type example struct {
	// records has a record for each stream, by a part of the stream's name. It is nil if the
	// twin lacks a service that the example needs.
	records map[string]string
	// query is a query of the views, and finds its result once the views have the records.
	query, finds string
	// prepare creates what must exist before the deployment. It may be nil.
	prepare func(t *testing.T, e *environment)
	// retained tells whether the example retains resources when the stack is deleted.
	retained bool
}

// examples are all examples, by directory.
var examples = map[string]example{
	"clicks": {
		records: map[string]string{"clicks": `{"page": {"url": "/home"}}`}, query: "SELECT page FROM clicks", finds: "/home", retained: true,
	},
	"existingcluster": {
		records: map[string]string{"clicks": `{"page": "/home"}`}, query: "SELECT json_serialize(click) FROM analytics.clicks", finds: `{"page":"/home"}`,
		prepare: func(t *testing.T, e *environment) {
			t.Helper()
			e.createCluster(t, "analytics-cluster")
			e.run(t, "CREATE ROLE analyst")
		},
	},
	"serverless": {
		records: map[string]string{"clicks": `{"page": "/home"}`}, query: "SELECT page FROM clicks", finds: "/home",
	},
	"twostreams": {
		records: map[string]string{"clicks": `{"page": "/home"}`, "orders": `{"total": "9.99"}`},
		query:   "SELECT clicks || ' ' || orders FROM clicks CROSS JOIN orders", finds: "/home 9.99", retained: true,
	},
	"customerkey": {
		records: map[string]string{"payments": `{"amount": "12.50", "paidAt": "2026-11-23 10:00:00"}`},
		query:   "SELECT amount FROM payments", finds: "12.50", retained: true,
	},
	"crossaccount": {}, // the twin has only one account
	"msk":          {}, // the twin has no Kafka
	"monitoring":   {}, // the twin has no CloudWatch
}

var long = flag.Bool("long", false, "validate each example, and deploy it on the twin")

// TestDeploy synthesizes each example with CDK's validation, expects no output, deploys
// the example on a twin of its own, and expects a record in its views.
func TestDeploy(t *testing.T) {
	if !*long {
		t.Skip("takes minutes; -long runs it")
	}
	t.Parallel()
	for name, test := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each example runs jsii in its own process
			e := &environment{assembly: filepath.Join(t.TempDir(), "cdk.out")}
			app := filepath.Join(t.TempDir(), name)
			e.command(t, "go", "build", "-trimpath", "-o", app, "./examples/"+name)
			if output := e.cdk(t, "synth", "--quiet", "--app", app, "--output", e.assembly); output != "" {
				t.Fatalf("want no output of cdk synth, got:\n%s", output)
			}
			if test.records == nil {
				return
			}
			e.start(t)
			if test.prepare != nil {
				test.prepare(t, e)
			}
			e.cdk(t, "deploy", "--app", e.assembly, "--require-approval", "never")
			e.put(t, test.records)
			e.find(t, name, test)
			e.cdk(t, "destroy", "--app", e.assembly, "--force")
			if remaining := e.server.Status().Resources; len(remaining) > 0 && !test.retained {
				t.Errorf("want no resources after cdk destroy, got %v", remaining)
			}
		})
	}
}

// environment is an example with the twin on which it is deployed.
type environment struct {
	assembly  string       // directory of the cloud assembly
	server    *twin.Server // nil until start
	variables []string     // environment variables that point the CDK CLI to the twin
	config    aws.Config   // configuration of clients of the twin
}

// start starts the twin.
func (e *environment) start(t *testing.T) {
	t.Helper()
	server, err := twin.Start(t.Context(), twin.Options{WorkDir: ".."})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	e.server = server
	for _, v := range server.Status().Environment(server.Secret(), t.TempDir()) {
		if !v.Unset {
			e.variables = append(e.variables, v.Name+"="+v.Value)
		}
	}
	url := server.URL()
	e.config = aws.Config{
		Region: twin.DefaultRegion, BaseEndpoint: &url, Credentials: server.Credentials(),
	}
}

// cdk runs the CDK CLI with its validation, and returns the output.
func (e *environment) cdk(t *testing.T, args ...string) string {
	t.Helper()
	return e.command(t, "node_modules/.bin/cdk", append(args, "--no-notices")...)
}

// command runs a program in the root of the repository, and returns the output.
func (e *environment) command(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = ".."
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "CDK_VALIDATION=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, e.variables...), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, output)
	}
	return strings.TrimSpace(string(output))
}

// put puts each record into the streams whose name contains the record's key.
func (e *environment) put(t *testing.T, records map[string]string) {
	t.Helper()
	client := kinesis.NewFromConfig(e.config)
	for _, stream := range e.server.Status().Streams {
		for part, record := range records {
			if !strings.Contains(stream.Name, part) {
				continue
			}
			if _, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: &stream.Name, PartitionKey: aws.String("k"), Data: []byte(record)}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// run runs a statement in the only warehouse of the twin, as its admin, and returns the rows.
func (e *environment) run(t *testing.T, sql string) [][]string {
	t.Helper()
	target := contract.Target{Database: "dev"}
	if name := e.server.Status().Clusters[0].ID; strings.Contains(name, "serverless") {
		target.WorkgroupName = name
	} else {
		target.ClusterIdentifier = name
	}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(e.config), Target: target}
	rows, _, err := runner.Rows(t.Context(), dataapi.Statement{SQL: sql}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// find repeats the query until it returns a row, and compares that row. It fails after ten
// seconds.
func (e *environment) find(t *testing.T, name string, test example) {
	t.Helper()
	if name == "serverless" {
		e.run(t, "REFRESH MATERIALIZED VIEW clicks")
	}
	for range 100 {
		if rows := e.run(t, test.query); len(rows) > 0 {
			if rows[0][0] != test.finds {
				t.Errorf("want %q, got %q", test.finds, rows[0][0])
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("no record is found by %s", test.query)
}

// createCluster creates a cluster outside of any stack.
func (e *environment) createCluster(t *testing.T, identifier string) {
	t.Helper()
	_, err := redshift.NewFromConfig(e.config).CreateCluster(t.Context(), &redshift.CreateClusterInput{
		ClusterIdentifier: &identifier, NodeType: aws.String("ra3.large"), DBName: aws.String("dev"), MasterUsername: aws.String("awsuser"),
	})
	if err != nil {
		t.Fatal(err)
	}
}
