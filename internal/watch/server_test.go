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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// fakeAPI is a Data API in front of one view, whose rows are counted by minutes.
type fakeAPI struct {
	dataapi.API // what isn't used panics

	mu      sync.Mutex
	rows    int
	refuses error
	asked   []string // the SQL of statements, in order
	atOnce  int
	most    int // statements at once
}

func (f *fakeAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuses != nil {
		return nil, f.refuses
	}
	f.asked = append(f.asked, *in.Sql)
	f.atOnce++
	f.most = max(f.most, f.atOnce)
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String(fmt.Sprint(len(f.asked) - 1))}, nil
}

// atMost returns how many statements there were at once, at most.
func (f *fakeAPI) atMost() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.most
}

func (f *fakeAPI) CancelStatement(context.Context, *redshiftdata.CancelStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error) {
	return &redshiftdata.CancelStatementOutput{Status: aws.Bool(true)}, nil // all have ended
}

func (f *fakeAPI) DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, HasResultSet: aws.Bool(true)}, nil
}

func (f *fakeAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.atOnce--
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
	switch sql := f.asked[n]; {
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

func (f *fakeAPI) set(rows int, refuses error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows, f.refuses = rows, refuses
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

// event waits for the next event of a name.
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

// TestEventsFollowTheView holds what comes over HTTP, in which order; feed_test.go
// holds when.
func TestEventsFollowTheView(t *testing.T) {
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
		t.Errorf("first: got %+v", got)
	}
	var l lists
	event(t, lines, "details", &l)
	api.set(5, nil)
	event(t, lines, "series", &got)
	if got.Buckets[0].Rows != "5" {
		t.Errorf("after new rows: got %+v", got)
	}
	var said trouble
	api.set(5, &types.ValidationException{Message: aws.String("Redshift cluster c is paused.")})
	event(t, lines, "trouble", &said)
	if said.What != "The warehouse is paused." {
		t.Errorf("got %+v", said)
	}
	api.set(6, nil)
	event(t, lines, "series", &got)
	if got.Buckets[0].Rows != "6" {
		t.Errorf("recovered: got %+v", got)
	}
	if most := api.atMost(); most != 1 {
		t.Errorf("%d statements ran at once", most)
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
		"the page":                {s.URL(), "", "", 200},
		"its script":              {s.URL() + "watch.js", "", "http://" + address, 200},
		"without the secret":      {"http://" + address + "/", "", "", 404},
		"events without it":       {"http://" + address + "/events", "", "", 404},
		"a rebound name":          {s.URL(), "evil.example", "", 421},
		"a rebound name and port": {s.URL(), "evil.example:" + strings.Split(address, ":")[1], "", 421},
		"another site's script":   {s.URL() + "events", "", "https://evil.example", 403},
		"a bad choice":            {s.URL() + "events?window=1y", "", "", 400},
		"what isn't there":        {s.URL() + "doc.go", "", "", 404},
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
				t.Errorf("got %s, want %d", resp.Status, test.want)
			}
			want := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
			if diff := cmp.Diff(want, resp.Header.Get("Content-Security-Policy")); diff != "" {
				t.Errorf("policy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListenRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Listen(t.Context(), 0, Options{View: "a b"}, &dataapi.Runner{}); err == nil {
		t.Error("a bad view: want an error")
	}
	s := serve(t, &fakeAPI{})
	var port int
	if _, err := fmt.Sscanf(s.listener.Addr().String(), "127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), port, Options{View: "v"}, &dataapi.Runner{}); err == nil || !strings.HasPrefix(err.Error(), "--port: ") {
		t.Errorf("a port in use: got %v", err)
	}
}
