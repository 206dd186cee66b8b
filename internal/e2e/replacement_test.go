package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// TestNoRowIsLost puts 20,000 records while the query of a view changes 10 times. The
// first half of the records expires before the last changes. The test checks that:
//   - each record is in the view or in a kept table;
//   - no table contains a record twice;
//   - the view contains exactly the second half of the records.
//
// Two tables may contain the same record, if it was in the stream when the query changed.
func TestNoRowIsLost(t *testing.T) { //nolint:paralleltest // the test sets the clock of all streams
	const changes, perChange = 10, 2_000
	c := open(t)
	arrival.set(25 * time.Hour) // longer ago than the stream's retention period
	defer arrival.set(0)
	c.request("Create", contract.StreamingViewType, c.view(0), nil)
	var put []string
	for i := range changes {
		if i == changes/2 {
			c.query(`REFRESH MATERIALIZED VIEW "v"`)
			arrival.set(0)
		}
		numbers := c.put(perChange, 100, 10*time.Millisecond)
		c.request("Update", contract.StreamingViewType, c.view(i+1), c.view(i))
		put = append(put, <-numbers...)
		time.Sleep(time.Second) // kept tables' names have a resolution of one second
	}
	c.query(`REFRESH MATERIALIZED VIEW "v"`)
	found := map[string]int{}
	for _, table := range c.tables() {
		numbers := c.query(`SELECT sequencenumber FROM "` + table + `"`)
		once := map[string]bool{}
		for _, n := range numbers {
			once[n] = true
			found[n]++
		}
		if len(once) != len(numbers) {
			t.Errorf("table %s has %d rows, but only %d distinct sequence numbers", table, len(numbers), len(once))
		}
		t.Logf("%s: %d rows", table, len(numbers))
	}
	lost := 0
	for _, n := range put {
		if found[n] == 0 {
			lost++
		}
	}
	if lost > 0 || len(put) != changes*perChange || len(found) != len(put) {
		t.Errorf("put %d records, want %d; found %d distinct records in the tables; %d records lost", len(put), changes*perChange, len(found), lost)
	}
	inView, inStream := c.query(`SELECT sequencenumber FROM "v" ORDER BY 1`), slices.Sorted(slices.Values(put[len(put)/2:]))
	if !slices.Equal(inView, inStream) {
		t.Errorf("the view's %d rows differ from the %d records in the stream", len(inView), len(inStream))
	}
}

// view returns the n-th version of the declaration of the view v.
func (c *testCluster) view(n int) ddl.View {
	return ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: c.name},
		Columns: []ddl.Column{
			ddl.MetadataColumn("sequencenumber", ddl.SequenceNumber),
			ddl.FieldColumn(fmt.Sprintf("n%d", n), "INTEGER", "n"),
		},
	}
}

// tables returns the names of the view and of its kept tables.
func (c *testCluster) tables() []string {
	return c.query(`SELECT relname FROM pg_class WHERE relname = 'v' OR relname LIKE 'v_until_%' ORDER BY 1`)
}

// put starts to put n records in the background: batches of the given size, with a pause
// after each. The returned channel receives all sequence numbers at the end.
func (c *testCluster) put(n, batch int, pause time.Duration) <-chan []string {
	numbers := make(chan []string, 1)
	go func() {
		var put []string
		defer func() { numbers <- put }()
		for len(put) < n {
			batchNumbers, err := c.putRecords(len(put), batch)
			if err != nil {
				c.Error(err)
				return
			}
			put = append(put, batchNumbers...)
			time.Sleep(pause)
		}
	}()
	return numbers
}

// putRecords puts n records, numbered from the parameter from, and returns their sequence
// numbers. It calls the Kinesis handler directly. Over a connection, an SDK could retry
// and put the records twice.
func (c *testCluster) putRecords(from, n int) ([]string, error) {
	type entry struct {
		Data         []byte
		PartitionKey string
	}
	in := struct {
		StreamName string
		Records    []entry
	}{StreamName: c.name}
	for i := range n {
		in.Records = append(in.Records, entry{fmt.Appendf(nil, `{"n": %d}`, from+i), fmt.Sprint(i)})
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request := httptest.NewRequestWithContext(c.Context(), http.MethodPost, "/", bytes.NewReader(body))
	request.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecords")
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	storedResponse := httptest.NewRecorder()
	streams.ServeHTTP(storedResponse, request)
	var out struct {
		Records []struct{ SequenceNumber string }
	}
	if err := json.Unmarshal(storedResponse.Body.Bytes(), &out); err != nil || storedResponse.Code != http.StatusOK || len(out.Records) != n {
		return nil, fmt.Errorf("put %d records: status %d: %s", n, storedResponse.Code, storedResponse.Body)
	}
	numbers := make([]string, n)
	for i, r := range out.Records {
		numbers[i] = r.SequenceNumber
	}
	return numbers, nil
}

// BenchmarkGap measures how a replacement affects readers of a view. It reports how long
// the view does not exist (missing-ms/op), and how long the view does not exist or has
// fewer rows than before (emptier-ms/op).
func BenchmarkGap(b *testing.B) {
	for _, rows := range []int{1_000, 20_000, 200_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			c := open(b)
			<-c.put(rows, 500, 0)
			c.request("Create", contract.StreamingViewType, c.view(0), nil)
			var all gap
			n := 0
			for b.Loop() {
				seen := c.watch(rows)
				c.request("Update", contract.StreamingViewType, c.view(n+1), c.view(n))
				g := seen()
				all.missing, all.emptier = all.missing+g.missing, all.emptier+g.emptier
				n++
				time.Sleep(time.Second) // kept tables' names have a resolution of one second
			}
			b.ReportMetric(float64(all.missing.Milliseconds())/float64(n), "missing-ms/op")
			b.ReportMetric(float64(all.emptier.Milliseconds())/float64(n), "emptier-ms/op")
		})
	}
}

// gap contains the results of watch.
type gap struct {
	missing time.Duration // how long the view did not exist
	emptier time.Duration // how long the view did not exist or had too few rows
}

// watch starts to query the view v repeatedly in the background. The returned function
// waits until the view has the given number of rows again, stops the queries and returns
// the results.
func (c *testCluster) watch(rows int) func() gap {
	var (
		end  atomic.Bool
		seen = make(chan gap)
	)
	go func() {
		var g gap
		last := time.Now()
		for {
			result, err := engine.Exec(c.Context(), sqlengine.Target{Cluster: c.name, Database: "dev"}, `SELECT count(*) FROM "v"`, nil)
			full := err == nil && string(result.Rows[0][0]) == strconv.Itoa(rows)
			elapsed := time.Since(last)
			last = last.Add(elapsed)
			switch {
			case err != nil:
				g.missing += elapsed
				g.emptier += elapsed
			case !full:
				g.emptier += elapsed
			}
			if full && end.Load() || c.Context().Err() != nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		seen <- g
	}()
	return func() gap {
		end.Store(true)
		return <-seen
	}
}
