package health_test

import (
	stdcmp "cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/health"
)

// results is a [health.Querier] with fixed rows, by the name of the query.
type results map[string][][]string

func (r results) Rows(_ context.Context, s dataapi.Statement, _ int) ([][]string, dataapi.Outcome, error) {
	rows, ok := r[s.Name]
	if !ok {
		return nil, dataapi.Outcome{}, fmt.Errorf("%s: no such relation", s.Name)
	}
	return rows, dataapi.Outcome{HasRows: true}, nil
}

// lab returns the results for three views, of which two are streaming views.
func lab() results {
	return results{
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

// at returns the time of that clock time on the day of the results.
func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-11-22 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func TestQuery(t *testing.T) {
	t.Parallel()
	got, err := health.Query(t.Context(), lab(), time.Minute)
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
		results   results
		out, next string
		err       string
	}{
		"an event of the schedule":   {event, lab(), lines, "", ""},
		"an event of CloudFormation": {`{"RequestType": "Create"}`, nil, "", "Create", ""},
		"an array":                   {`[]`, nil, "", "", "event: json: cannot unmarshal array into Go value of type health_test.request"},
		"an empty request":           {`{"tributaryHealth": {}}`, nil, "", "", "tributaryHealth.periodSeconds: got 0; write a number over 0\ntributaryHealth.target: missing; write clusterIdentifier or workgroupName"},
		"failed queries":             {event, results{}, "", "", "health of the views: health-views: no such relation"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, next strings.Builder
			p := &health.Publisher{Out: &out, Open: func(target contract.Target) health.Querier {
				if diff := cmp.Diff(contract.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "arn"}, target); diff != "" {
					t.Errorf("target (-want +got):\n%s", diff)
				}
				return test.results
			}}
			handle := health.Route(p, func(_ context.Context, r request) error {
				_, err := next.WriteString(r.RequestType)
				return err
			})
			err := handle(t.Context(), json.RawMessage(test.event))
			if fmt.Sprint(err) != stdcmp.Or(test.err, "<nil>") {
				t.Errorf("error\nwant %s\ngot  %v", test.err, err)
			}
			if diff := cmp.Diff([]string{test.out, test.next}, []string{out.String(), next.String()}); diff != "" {
				t.Errorf("output and the next handler's event (-want +got):\n%s", diff)
			}
		})
	}
}

type request struct{ RequestType string }

// TestQueryFails checks that the error of each query is returned.
func TestQueryFails(t *testing.T) {
	t.Parallel()
	for query := range lab() {
		failing := lab()
		delete(failing, query)
		_, err := health.Query(t.Context(), failing, time.Minute)
		if want := query + ": no such relation"; err == nil || err.Error() != want {
			t.Errorf("want the error %q, got %v", want, err)
		}
	}
}

// TestQueryWithoutViews checks that a database without views needs only the first query.
func TestQueryWithoutViews(t *testing.T) {
	t.Parallel()
	got, err := health.Query(t.Context(), results{"health-views": nil}, time.Minute)
	if diff := cmp.Diff(health.Report{}, got); err != nil || diff != "" {
		t.Errorf("report, error %v (-want +got):\n%s", err, diff)
	}
}

func TestFreshness(t *testing.T) {
	t.Parallel()
	now := at("12:00:00")
	type freshness struct {
		Age time.Duration
		OK  bool
	}
	for name, test := range map[string]struct {
		newest time.Time
		want   freshness
	}{
		"no record":                          {time.Time{}, freshness{0, false}},
		"an older record":                    {now.Add(-time.Minute), freshness{time.Minute, true}},
		"a record after the report's time":   {now.Add(time.Minute), freshness{0, true}},
		"a record at the report's very time": {now, freshness{0, true}},
	} {
		age, ok := health.View{Newest: test.newest}.Freshness(now)
		if diff := cmp.Diff(test.want, freshness{age, ok}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// recorder is a [health.Querier] that records the SQL of each query.
type recorder struct {
	results
	sql map[string]string
}

func (r recorder) Rows(ctx context.Context, s dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error) {
	r.sql[s.Name] = s.SQL
	return r.results.Rows(ctx, s, attempt)
}

// TestPeriod checks that the queries count the events of the request's period.
func TestPeriod(t *testing.T) {
	t.Parallel()
	r := recorder{lab(), map[string]string{}}
	p := &health.Publisher{Out: io.Discard, Open: func(contract.Target) health.Querier { return r }}
	if err := p.Publish(t.Context(), contract.HealthRequest{Target: contract.Target{ClusterIdentifier: "c"}, PeriodSeconds: 90}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"health-views": 0, "health-scans": 2, "health-errors": 1, "health-refreshes": 1} {
		if got := strings.Count(r.sql[query], "time >= dateadd(second, -90, getdate())"); got != want {
			t.Errorf("%s: want %d conditions on the last 90 seconds, got %d in %s", query, want, got, r.sql[query])
		}
	}
}
