package redshiftdata_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
)

// TestQueueDelay uses the clock of synctest, so that waiting takes no time.
func TestQueueDelay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		operation string
		sql       any
		want      []string
	}{
		"a statement": {"ExecuteStatement", "SELECT 1", []string{"SUBMITTED", "SUBMITTED", "PICKED", "PICKED", "FINISHED"}},
		"a batch":     {"BatchExecuteStatement", []string{"SELECT 1", "FAIL"}, []string{"SUBMITTED", "SUBMITTED", "PICKED", "PICKED", "FAILED"}},
		"cancelled":   {"CancelStatement", "SELECT 1", []string{"SUBMITTED", "SUBMITTED", "ABORTED", "ABORTED", "ABORTED"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := &engine{}
				service := twin.New(fake, twin.Options{QueueDelay: 10 * time.Second})
				defer service.Close()
				in := map[string]any{"ClusterIdentifier": "streaming-cluster", "Database": "dev", "Sql": tt.sql}
				submit := "ExecuteStatement"
				if tt.operation == "BatchExecuteStatement" {
					submit, in["Sqls"] = tt.operation, tt.sql
					delete(in, "Sql")
				}
				id := map[string]any{"Id": call(t, service, submit, in)["Id"]}
				var got []string
				addStatus := func() {
					synctest.Wait()
					status, _ := call(t, service, "DescribeStatement", id)["Status"].(string)
					got = append(got, status)
				}
				addStatus()
				time.Sleep(5*time.Second - time.Nanosecond)
				addStatus()
				if tt.operation == "CancelStatement" {
					call(t, service, tt.operation, id)
				}
				time.Sleep(time.Nanosecond)
				addStatus()
				time.Sleep(5*time.Second - time.Nanosecond)
				addStatus()
				fake.mu.Lock()
				if len(fake.ran) != 0 {
					t.Errorf("statements run before 10 s: want none, got %q", fake.ran)
				}
				fake.mu.Unlock()
				time.Sleep(time.Nanosecond)
				addStatus()
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("statuses at 0 s, just before 5 s, at 5 s, just before 10 s, and at 10 s (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// call calls an operation of the service without a network and returns the output. The
// operation must succeed.
func call(t *testing.T, service http.Handler, operation string, in map[string]any) map[string]any {
	t.Helper()
	response := send(t, service, operation, in)
	var out map[string]any
	if err := json.Unmarshal(response.Body.Bytes(), &out); err != nil || response.Code != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", operation, response.Code, response.Body, err)
	}
	return out
}

// send calls an operation of the service without a network and returns the response.
func send(t *testing.T, service http.Handler, operation string, in map[string]any) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header.Set("X-Amz-Target", "RedshiftData."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	w := httptest.NewRecorder()
	service.ServeHTTP(w, r)
	return w
}
