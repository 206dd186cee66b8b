package watch

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// fakeAPI is a Data API for one view. All rows of the view belong to one minute.
type fakeAPI struct {
	dataapi.API // methods that the tests don't need panic

	takes time.Duration // how long a statement runs

	mu            sync.Mutex
	rows          int
	executeErr    error    // the error of ExecuteStatement
	statements    []string // the SQL of all statements, in order
	running       int
	maxConcurrent int // most statements that were running at the same time
	spans         []span
}

// span is a time in which statements ran without a pause between them.
type span struct{ begin, end time.Time }

func (f *fakeAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.executeErr != nil {
		return nil, f.executeErr
	}
	if now := time.Now(); len(f.spans) == 0 || f.spans[len(f.spans)-1].end.Before(now) {
		f.spans = append(f.spans, span{now, now})
	}
	f.statements = append(f.statements, *in.Sql)
	f.running++
	f.maxConcurrent = max(f.maxConcurrent, f.running)
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String(fmt.Sprint(len(f.statements) - 1))}, nil
}

// concurrent returns the largest number of statements that were running at the same time.
func (f *fakeAPI) concurrent() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.maxConcurrent
}

func (f *fakeAPI) CancelStatement(context.Context, *redshiftdata.CancelStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error) {
	return &redshiftdata.CancelStatementOutput{Status: aws.Bool(true)}, nil
}

// DescribeStatement returns when the statement has finished.
func (f *fakeAPI) DescribeStatement(ctx context.Context, _ *redshiftdata.DescribeStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	if err := dataapi.Sleep(ctx, f.takes); err != nil {
		return nil, err
	}
	return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, HasResultSet: aws.Bool(true)}, nil
}

func (f *fakeAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running--
	f.spans[len(f.spans)-1].end = time.Now()
	var n int
	if _, err := fmt.Sscan(*in.Id, &n); err != nil {
		return nil, err
	}
	text := func(values ...string) []types.Field {
		fields := make([]types.Field, len(values))
		for i, v := range values {
			fields[i] = &types.FieldMemberStringValue{Value: v}
		}
		return fields
	}
	out := &redshiftdata.GetStatementResultOutput{}
	switch sql := f.statements[n]; {
	case strings.HasSuffix(sql, "LIMIT 0"):
		for _, c := range labColumns {
			out.ColumnMetadata = append(out.ColumnMetadata, types.ColumnMetadata{Name: &c.Name, TypeName: &c.Type})
		}
	case strings.HasPrefix(sql, "SELECT COUNT(*)"):
		out.Records = [][]types.Field{text(fmt.Sprint(f.rows), fmt.Sprintf("2026-11-22 22:39:%02d", f.rows), "2026-11-22 22:40:00", "1", "2026-11-22 22:35:00")}
	case strings.Contains(sql, "GROUP BY 1"):
		out.Records = [][]types.Field{text("1795387140", fmt.Sprint(f.rows), "0")}
	}
	return out, nil
}

// set sets the number of rows, and the error of ExecuteStatement.
func (f *fakeAPI) set(rows int, executeErr error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows, f.executeErr = rows, executeErr
}

// serve serves the page until the test ends.
func serve(t *testing.T, api dataapi.API) *Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	s, err := Listen(ctx, 0, Options{View: "v"}, &dataapi.Runner{API: api, Target: contract.Target{ClusterIdentifier: "c", Database: "dev"}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s
}

// event waits for the next event with the name, and decodes its data.
func event(t *testing.T, lines *bufio.Scanner, name string, into any) {
	t.Helper()
	for lines.Scan() {
		if lines.Text() == "event: "+name && lines.Scan() {
			if err := json.Unmarshal([]byte(strings.TrimPrefix(lines.Text(), "data: ")), into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no event %q: %v", name, lines.Err())
}

// TestEvents checks which events the page receives over HTTP, and in which order. The
// tests in feed_test.go check at what times they are sent.
func TestEvents(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{rows: 3}
	s := serve(t, api)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"events?window=1h", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	var got series
	event(t, lines, "series", &got)
	if got.Buckets[0].Rows != "3" {
		t.Errorf("first series: want 3 rows, got %+v", got)
	}
	var l lists
	event(t, lines, "lists", &l)
	api.set(5, nil)
	event(t, lines, "series", &got)
	if got.Buckets[0].Rows != "5" {
		t.Errorf("series after rows have arrived: want 5 rows, got %+v", got)
	}
	var shown problem
	api.set(5, &types.ValidationException{Message: aws.String("Redshift cluster c is paused.")})
	event(t, lines, "problem", &shown)
	if want := "The warehouse is paused."; shown.What != want {
		t.Errorf("want %q, got %+v", want, shown)
	}
	api.set(6, nil)
	event(t, lines, "series", &got)
	if got.Buckets[0].Rows != "6" {
		t.Errorf("series after the problem: want 6 rows, got %+v", got)
	}
	if n := api.concurrent(); n != 1 {
		t.Errorf("want one statement at a time, got %d", n)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := serve(t, &fakeAPI{})
	address := s.listener.Addr().String()
	tests := map[string]struct {
		url, host, origin string
		want              int
	}{
		"page":                        {s.URL(), "", "", 200},
		"page on localhost":           {s.URL(), "localhost:" + strings.Split(address, ":")[1], "", 200},
		"script of the page":          {s.URL() + "watch.js", "", "http://" + address, 200},
		"page without the secret":     {"http://" + address + "/", "", "", 404},
		"events without the secret":   {"http://" + address + "/events", "", "", 404},
		"other host name":             {s.URL(), "evil.example", "", 421},
		"other host name, right port": {s.URL(), "evil.example:" + strings.Split(address, ":")[1], "", 421},
		"script of another site":      {s.URL() + "events", "", "https://evil.example", 403},
		"unknown window":              {s.URL() + "events?window=1y", "", "", 400},
		"file that is not in assets":  {s.URL() + "doc.go", "", "", 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, test.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = test.host
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("status: want %d, got %s", test.want, resp.Status)
			}
			want := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
			if diff := cmp.Diff(want, resp.Header.Get("Content-Security-Policy")); diff != "" {
				t.Errorf("Content-Security-Policy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListenErrors(t *testing.T) {
	t.Parallel()
	if _, err := Listen(t.Context(), 0, Options{View: "a b"}, &dataapi.Runner{}); err == nil {
		t.Error("invalid view name: want an error, got nil")
	}
	s := serve(t, &fakeAPI{})
	var port int
	if _, err := fmt.Sscanf(s.listener.Addr().String(), "127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), port, Options{View: "v"}, &dataapi.Runner{}); err == nil || !strings.HasPrefix(err.Error(), "--port: ") {
		t.Errorf("port in use: want an error that begins with --port, got %v", err)
	}
}
