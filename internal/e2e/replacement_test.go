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

// TestNoRowIsLost lets 20,000 records flow while a view's query changes 10
// times, and the first half of them leaves the stream in between. Then the sequence
// numbers in the view and in its kept tables are those of the records, none twice in
// the same table, and the view's are those of the second half. Tables overlap by what
// the stream held at the change.
func TestNoRowIsLost(t *testing.T) { //nolint:paralleltest // it sets the clock of all streams
	const changes, perChange = 10, 2_000
	w := open(t)
	arrival.set(25 * time.Hour) // longer ago than the stream keeps records
	defer arrival.set(0)
	w.request("Create", contract.StreamingViewType, w.view(0), nil)
	var put []string
	for i := range changes {
		if i == changes/2 {
			w.query(`REFRESH MATERIALIZED VIEW "v"`)
			arrival.set(0)
		}
		numbers := w.put(perChange, 100, 10*time.Millisecond)
		w.request("Update", contract.StreamingViewType, w.view(i+1), w.view(i))
		put = append(put, <-numbers...)
		time.Sleep(time.Second) // a kept table's name has seconds
	}
	w.query(`REFRESH MATERIALIZED VIEW "v"`)
	found := map[string]int{}
	for _, table := range w.tables() {
		numbers := w.query(`SELECT sequencenumber FROM "` + table + `"`)
		once := map[string]bool{}
		for _, n := range numbers {
			once[n] = true
			found[n]++
		}
		if len(once) != len(numbers) {
			t.Errorf("%s: %d rows, but %d sequence numbers", table, len(numbers), len(once))
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
		t.Errorf("%d records put, %d found, %d lost", len(put), len(found), lost)
	}
	held, still := w.query(`SELECT sequencenumber FROM "v" ORDER BY 1`), slices.Sorted(slices.Values(put[len(put)/2:]))
	if !slices.Equal(held, still) {
		t.Errorf("the view has %d rows, which are not the %d records that are still in the stream", len(held), len(still))
	}
}

// view is the n-th definition of the view v.
func (w *world) view(n int) ddl.View {
	return ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: w.name},
		Columns: []ddl.Column{
			ddl.MetadataColumn("sequencenumber", ddl.SequenceNumber),
			ddl.FieldColumn(fmt.Sprintf("n%d", n), "INTEGER", "n"),
		},
	}
}

// tables returns the names of the view and of its kept tables.
func (w *world) tables() []string {
	return w.query(`SELECT relname FROM pg_class WHERE relname = 'v' OR relname LIKE 'v_until_%' ORDER BY 1`)
}

// put puts n records, a batch every pause, in the background, and then sends
// their sequence numbers.
func (w *world) put(n, batch int, pause time.Duration) <-chan []string {
	numbers := make(chan []string, 1)
	go func() {
		var put []string
		defer func() { numbers <- put }()
		for len(put) < n {
			said, err := w.putRecords(len(put), batch)
			if err != nil {
				w.Error(err)
				return
			}
			put = append(put, said...)
			time.Sleep(pause)
		}
	}()
	return numbers
}

// putRecords puts a batch of records, and returns their sequence numbers. It calls
// Kinesis without a connection, which can break and have an SDK send a batch again.
func (w *world) putRecords(from, n int) ([]string, error) {
	type entry struct {
		Data         []byte
		PartitionKey string
	}
	in := struct {
		StreamName string
		Records    []entry
	}{StreamName: w.name}
	for i := range n {
		in.Records = append(in.Records, entry{fmt.Appendf(nil, `{"n": %d}`, from+i), fmt.Sprint(i)})
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/", bytes.NewReader(body))
	request.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecords")
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	answer := httptest.NewRecorder()
	streams.ServeHTTP(answer, request)
	var out struct {
		Records []struct{ SequenceNumber string }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil || answer.Code != http.StatusOK || len(out.Records) != n {
		return nil, fmt.Errorf("put %d records: status %d: %s", n, answer.Code, answer.Body)
	}
	numbers := make([]string, n)
	for i, r := range out.Records {
		numbers[i] = r.SequenceNumber
	}
	return numbers, nil
}

// BenchmarkGap measures what readers see while a view is replaced: how long there
// is none, and how long in all it has fewer rows than before.
func BenchmarkGap(b *testing.B) {
	for _, rows := range []int{1_000, 20_000, 200_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			w := open(b)
			<-w.put(rows, 500, 0)
			w.request("Create", contract.StreamingViewType, w.view(0), nil)
			var all gap
			n := 0
			for b.Loop() {
				seen := w.watch(rows)
				w.request("Update", contract.StreamingViewType, w.view(n+1), w.view(n))
				g := seen()
				all.missing, all.emptier = all.missing+g.missing, all.emptier+g.emptier
				n++
				time.Sleep(time.Second) // a kept table's name has seconds
			}
			b.ReportMetric(float64(all.missing.Milliseconds())/float64(n), "missing-ms/op")
			b.ReportMetric(float64(all.emptier.Milliseconds())/float64(n), "emptier-ms/op")
		})
	}
}

// gap is how long readers found no view, and how long fewer rows than before,
// the former included.
type gap struct{ missing, emptier time.Duration }

// watch reads the view v again and again. The function it returns ends that when
// the view has its rows, and tells what was seen.
func (w *world) watch(rows int) func() gap {
	var (
		end  atomic.Bool
		seen = make(chan gap)
	)
	go func() {
		var g gap
		last := time.Now()
		for {
			result, err := engine.Exec(w.Context(), sqlengine.Target{Cluster: w.name, Database: "dev"}, `SELECT count(*) FROM "v"`, nil)
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
			if full && end.Load() || w.Context().Err() != nil {
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
