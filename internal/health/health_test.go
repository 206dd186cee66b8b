package health_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/health"
)

// answers are rows by the step of the statement.
type answers map[string][][]string

func (a answers) Rows(_ context.Context, s dataapi.Statement, _ int) ([][]string, dataapi.Outcome, error) {
	rows, ok := a[s.Name]
	if !ok {
		return nil, dataapi.Outcome{}, fmt.Errorf("%s: no such relation", s.Name)
	}
	return rows, dataapi.Outcome{HasRows: true}, nil
}

func lab() answers {
	return answers{
		"health-views": {
			{"2026-11-22 22:40:00", "public   ", "typed   ", "t"},
			{"2026-11-22 22:40:00", "public   ", "raw", "t"},
			{"2026-11-22 22:40:00", "public   ", "daily", "f"},
		},
		"health-scans":     {{"typed   ", "2026-11-22 22:39:58.5", "500", "2"}, {"gone", "2026-11-22 22:00:00", "1", "1"}},
		"health-errors":    {{"typed", "1"}},
		"health-refreshes": {{"typed", "2026-11-22 22:39:59", "Refresh successfully updated MV incrementally ", "0"}, {"raw", "2026-11-22 22:30:00", "Refresh failed. Access denied", "3"}},
	}
}

func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-11-22 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAsk(t *testing.T) {
	t.Parallel()
	got, err := health.Ask(t.Context(), lab(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	typed := health.View{
		Schema: "public", Name: "typed", AutoRefresh: true, Newest: at("22:39:58").Add(500 * time.Millisecond), Refreshed: at("22:39:59"),
		Outcome: "Refresh successfully updated MV incrementally", Scanned: 500, Skipped: 2, Errors: 1,
	}
	raw := health.View{Schema: "public", Name: "raw", AutoRefresh: true, Refreshed: at("22:30:00"), Outcome: "Refresh failed. Access denied", FailedRefreshes: 3}
	want := health.Report{Now: at("22:40:00"), Views: []health.View{typed, raw, {Schema: "public", Name: "daily"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]health.View{typed, raw}, got.Streaming()); diff != "" {
		t.Errorf("streaming (-want +got):\n%s", diff)
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	const event = `{"tributaryHealth": {"target": {"clusterIdentifier": "c", "database": "dev", "secretArn": "arn"}, "periodSeconds": 60}}`
	const lines = `{"FailedRecords":1,"FailedRefreshes":0,"Freshness":1.5,"ScannedRecords":500,"SkippedRecords":2,"View":"typed","Warehouse":"c","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Warehouse","View"]],"Metrics":[{"Name":"ScannedRecords","Unit":"Count"},{"Name":"SkippedRecords","Unit":"Count"},{"Name":"FailedRecords","Unit":"Count"},{"Name":"FailedRefreshes","Unit":"Count"},{"Name":"Freshness","Unit":"Seconds"}],"Namespace":"Tributary"}],"Timestamp":1795387200000}}
{"FailedRecords":0,"FailedRefreshes":3,"ScannedRecords":0,"SkippedRecords":0,"View":"raw","Warehouse":"c","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Warehouse","View"]],"Metrics":[{"Name":"ScannedRecords","Unit":"Count"},{"Name":"SkippedRecords","Unit":"Count"},{"Name":"FailedRecords","Unit":"Count"},{"Name":"FailedRefreshes","Unit":"Count"}],"Namespace":"Tributary"}],"Timestamp":1795387200000}}
`
	tests := map[string]struct {
		event     string
		answers   answers
		out, next string
		err       string
	}{
		"a schedule's":       {event, lab(), lines, "", ""},
		"CloudFormation's":   {`{"RequestType": "Create"}`, nil, "", "Create", ""},
		"not an object":      {`[]`, nil, "", "", "event: json: cannot unmarshal array into Go value of type health_test.request"},
		"everything missing": {`{"tributaryHealth": {}}`, nil, "", "", "tributaryHealth.periodSeconds: more than 0, got 0\ntributaryHealth.target: required; name a cluster or a workgroup"},
		"no right":           {event, answers{}, "", "", "health of the views: health-views: no such relation"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, next strings.Builder
			p := &health.Publisher{Out: &out, Open: func(target contract.Target) health.Querier {
				if diff := cmp.Diff(contract.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "arn"}, target); diff != "" {
					t.Error(diff)
				}
				return test.answers
			}}
			handle := health.Route(p, func(_ context.Context, r request) error {
				_, err := next.WriteString(r.RequestType)
				return err
			})
			err := handle(t.Context(), json.RawMessage(test.event))
			if err == nil && test.err != "" || err != nil && err.Error() != test.err {
				t.Errorf("got error %v, want %s", err, test.err)
			}
			if diff := cmp.Diff([]string{test.out, test.next}, []string{out.String(), next.String()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

type request struct{ RequestType string }
