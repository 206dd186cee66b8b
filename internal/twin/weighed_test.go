package twin_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// TestWeighed wants that whoever asks for it hears of each call that a role's policies
// were asked about, with the policies and the decision.
func TestWeighed(t *testing.T) {
	t.Parallel()
	for action, allowed := range map[string]bool{"redshift-data:ListStatements": true, "redshift-data:DescribeStatement": false} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			var (
				mu    sync.Mutex
				calls []twin.Call
			)
			s, err := twin.Start(t.Context(), twin.Options{Weighed: func(c twin.Call) {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, c)
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			publish(t, s)
			deploy(t, stacks(s), strings.ReplaceAll(lister, "ACTION", action))
			mu.Lock()
			defer mu.Unlock()
			if len(calls) == 0 || !strings.HasPrefix(calls[0].Role, "arn:aws:iam::000000000000:role/Lab-Role-") {
				t.Fatalf("got %+v, want the function's call", calls)
			}
			want := twin.Call{
				Action: "redshift-data:ListStatements", Resource: "*", Allowed: allowed,
				Policies: []any{map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}}}},
			}
			if diff := cmp.Diff(want, calls[0], cmpopts.IgnoreFields(twin.Call{}, "Role", "Context")); diff != "" {
				t.Errorf("call (-want +got):\n%s", diff)
			}
		})
	}
}
