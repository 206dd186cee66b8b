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

// TestQueueDelay runs on the clock of a bubble, in which waiting takes no time.
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
				look := func() {
					synctest.Wait()
					status, _ := call(t, service, "DescribeStatement", id)["Status"].(string)
					got = append(got, status)
				}
				look()
				time.Sleep(5*time.Second - time.Nanosecond)
				look()
				if tt.operation == "CancelStatement" {
					call(t, service, tt.operation, id)
				}
				time.Sleep(time.Nanosecond)
				look()
				time.Sleep(5*time.Second - time.Nanosecond)
				look()
				fake.mu.Lock()
				if len(fake.ran) != 0 {
					t.Errorf("ran before its time: %q", fake.ran)
				}
				fake.mu.Unlock()
				time.Sleep(time.Nanosecond)
				look()
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("at 0, just before 5, at 5, just before 10, and at 10 s (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// call sends a request without a network, and returns its answer.
func call(t *testing.T, service http.Handler, operation string, in map[string]any) map[string]any {
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
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", operation, w.Code, w.Body, err)
	}
	return out
}
