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

// example is one of the directories here.
type example struct {
	// records are put into the streams, one each, by a part of the stream's name. Nil
	// means that the twin lacks something that the example needs.
	records map[string]string
	// query gives finds once the records are there.
	query, finds string
	// prepare makes what the example takes to be there.
	prepare func(t *testing.T, w *world)
	// retained says that the example keeps what holds data when it is destroyed.
	retained bool
}

var examples = map[string]example{
	"clicks": {
		records: map[string]string{"clicks": `{"page": {"url": "/home"}}`}, query: "SELECT page FROM clicks", finds: "/home", retained: true,
	},
	"existingcluster": {
		records: map[string]string{"clicks": `{"page": "/home"}`}, query: "SELECT json_serialize(click) FROM analytics.clicks", finds: `{"page":"/home"}`,
		prepare: func(t *testing.T, w *world) {
			t.Helper()
			w.createCluster(t, "analytics-cluster")
			w.run(t, "CREATE ROLE analyst")
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
	"crossaccount": {}, // the twin has one account
	"msk":          {}, // and no Kafka
	"monitoring":   {}, // and no CloudWatch
}

var long = flag.Bool("long", false, "validate each example, and deploy it on the twin")

// TestDeploy synthesizes each example with CDK's validation, expects no output, deploys
// the example on a twin of its own, and expects a record in its views.
func TestDeploy(t *testing.T) {
	if !*long {
		t.Skip("takes minutes; -long runs it")
	}
	t.Parallel()
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // jsii runs in the examples' own processes
			w := &world{assembly: filepath.Join(t.TempDir(), "cdk.out")}
			app := filepath.Join(t.TempDir(), name)
			w.command(t, "go", "build", "-trimpath", "-o", app, "./examples/"+name)
			if said := w.cdk(t, "synth", "--quiet", "--app", app, "--output", w.assembly); said != "" {
				t.Fatalf("cdk synth said:\n%s", said)
			}
			if e.records == nil {
				return
			}
			w.start(t)
			if e.prepare != nil {
				e.prepare(t, w)
			}
			w.cdk(t, "deploy", "--app", w.assembly, "--require-approval", "never")
			w.put(t, e.records)
			w.find(t, name, e)
			w.cdk(t, "destroy", "--app", w.assembly, "--force")
			if left := w.server.Status().Resources; len(left) > 0 && !e.retained {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// world is a twin, and what leads to it.
type world struct {
	assembly  string
	server    *twin.Server
	variables []string
	config    aws.Config
}

// start starts the twin.
func (w *world) start(t *testing.T) {
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
	w.server = server
	for _, v := range server.Status().Environment(server.Secret(), t.TempDir()) {
		if !v.Unset {
			w.variables = append(w.variables, v.Name+"="+v.Value)
		}
	}
	url := server.URL()
	w.config = aws.Config{
		Region: twin.DefaultRegion, BaseEndpoint: &url, Credentials: server.Credentials(),
	}
}

// cdk runs the CDK CLI with its validation on, and returns what it said.
func (w *world) cdk(t *testing.T, args ...string) string {
	t.Helper()
	return w.command(t, "node_modules/.bin/cdk", append(args, "--no-notices")...)
}

// command runs a program in the repository's root.
func (w *world) command(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = ".."
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "CDK_VALIDATION=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, w.variables...), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, said)
	}
	return strings.TrimSpace(string(said))
}

// put puts a record into each stream whose name holds the key.
func (w *world) put(t *testing.T, records map[string]string) {
	t.Helper()
	client := kinesis.NewFromConfig(w.config)
	for _, stream := range w.server.Status().Streams {
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

// run runs a statement in the twin's one warehouse, as its admin, and returns its
// rows.
func (w *world) run(t *testing.T, sql string) [][]string {
	t.Helper()
	target := contract.Target{Database: "dev"}
	if name := w.server.Status().Clusters[0].ID; strings.Contains(name, "serverless") {
		target.WorkgroupName = name
	} else {
		target.ClusterIdentifier = name
	}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(w.config), Target: target}
	rows, _, err := runner.Rows(t.Context(), dataapi.Statement{SQL: sql}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// find waits until the query finds the records.
func (w *world) find(t *testing.T, name string, e example) {
	t.Helper()
	if name == "serverless" {
		w.run(t, "REFRESH MATERIALIZED VIEW clicks")
	}
	for range 100 {
		if rows := w.run(t, e.query); len(rows) > 0 {
			if rows[0][0] != e.finds {
				t.Errorf("want %q, got %q", e.finds, rows[0][0])
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("no record is found by %s", e.query)
}

// createCluster makes a cluster that no stack knows of.
func (w *world) createCluster(t *testing.T, identifier string) {
	t.Helper()
	_, err := redshift.NewFromConfig(w.config).CreateCluster(t.Context(), &redshift.CreateClusterInput{
		ClusterIdentifier: &identifier, NodeType: aws.String("ra3.large"), DBName: aws.String("dev"), MasterUsername: aws.String("awsuser"),
	})
	if err != nil {
		t.Fatal(err)
	}
}
