package ssm_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/ssm"
)

func newStore() *ssm.Store {
	clock := func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 500e6, time.UTC) }
	return ssm.New("us-east-1", "000000000000", clock, map[string]string{"/cdk-bootstrap/hnb659fds/version": "30"})
}

func TestOperations(t *testing.T) {
	t.Parallel()
	type call struct{ operation, body, want string }
	const bootstrap = `{"ARN":"arn:aws:ssm:us-east-1:000000000000:parameter/cdk-bootstrap/hnb659fds/version",` +
		`"DataType":"text","LastModifiedDate":1793534400.5,"Name":"/cdk-bootstrap/hnb659fds/version",` +
		`"Type":"String","Value":"30","Version":1}`
	tests := map[string][]call{
		"preset parameter": {{"GetParameter", `{"Name":"/cdk-bootstrap/hnb659fds/version"}`, `{"Parameter":` + bootstrap + `}`}},
		"two names, of which one does not exist": {{
			"GetParameters", `{"Names":["/cdk-bootstrap/hnb659fds/version","b"]}`,
			`{"Parameters":[` + bootstrap + `],"InvalidParameters":["b"]}`,
		}},
		"put, overwrite, delete": {
			{"PutParameter", `{"Name":"a","Value":"1","Type":"String"}`, `{"Tier":"Standard","Version":1}`},
			{"PutParameter", `{"Name":"a","Value":"2"}`, `{"__type":"ParameterAlreadyExists","message":"The parameter already exists. To overwrite this value, set the overwrite option in the request to true."}`},
			{"PutParameter", `{"Name":"a","Value":"2","Overwrite":true}`, `{"Tier":"Standard","Version":2}`},
			{"DeleteParameter", `{"Name":"a"}`, `{}`},
			{"GetParameter", `{"Name":"a"}`, `{"__type":"ParameterNotFound","message":"Parameter a not found."}`},
		},
		"unsupported type":  {{"PutParameter", `{"Name":"a","Value":"1","Type":"Map"}`, `{"__type":"UnsupportedParameterType","message":"The parameter type Map is not supported."}`}},
		"unknown operation": {{"DescribeParameters", `{}`, `{"__type":"UnknownOperationException","message":"the local twin's ssm has no operation \"DescribeParameters\""}`}},
	}
	for name, calls := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newStore().Handler()
			for _, c := range calls {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(c.body))
				r.Header.Set("X-Amz-Target", "AmazonSSM."+c.operation)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if diff := cmp.Diff(c.want, strings.TrimSpace(w.Body.String())); diff != "" {
					t.Errorf("%s %s (-want +got):\n%s", c.operation, c.body, diff)
				}
			}
		})
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	s := newStore()
	if value, ok := s.Get("/cdk-bootstrap/hnb659fds/version"); value != "30" || !ok {
		t.Errorf("Get of a preset parameter: got %q, %v; want \"30\", true", value, ok)
	}
	if value, ok := s.Get("absent"); ok {
		t.Errorf("Get of a parameter that does not exist: got %q, true; want false", value)
	}
	if diff := cmp.Diff([]string{"/cdk-bootstrap/hnb659fds/version"}, s.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
