package twin

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestMaxHeld(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	tests := map[string]struct {
		path, target, kind string
		want               int64
	}{
		"PutRecords with 10 MiB in base64, and names": {"/", "Kinesis_20131202.PutRecords", "", 16_078_164},
		"another operation of Kinesis":                {"/", "Kinesis_20131202.ListShards", "", 256 << 10},
		"one statement":                               {"/", "RedshiftData.ExecuteStatement", "", 1 << 20},
		"forty statements of 100 KiB":                 {"/", "RedshiftData.BatchExecuteStatement", "", 13_336_576},
		"PutParameter":                                {"/", "AmazonSSM.PutParameter", "", 1 << 20},
		"a form":                                      {"/", "", form, 4 << 20},
		"an invocation":                               {"/2015-03-31/functions/fn/invocations", "", "", 6 << 20},
		"a list of an upload's parts":                 {"/bucket/key?uploadId=x", "", "application/xml", 4 << 20},
		"a control path":                              {"/_tributary/shutdown", "Kinesis_20131202.PutRecords", "", 4 << 10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tt.path, nil)
			r.Header.Set("X-Amz-Target", tt.target)
			r.Header.Set("Content-Type", tt.kind)
			if got := maxHeld(r); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
