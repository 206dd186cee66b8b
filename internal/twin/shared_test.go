package twin_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/tributary-cdk/tributary/internal/twin"
	"github.com/tributary-cdk/tributary/internal/twin/postgres/postgrestest"
)

// TestMain runs the tests. In a process that the twin's Lambda service has started, it
// serves the custom resource's function instead.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		lambda.Start(cfn.LambdaWrap(handleCustomResource))
		return
	}
	if dir := postgrestest.Dir(); dir != "" {
		if err := os.Setenv("TMPDIR", dir); err != nil { // for the twins' directories
			panic(err)
		}
	}
	code := m.Run()
	if err := shared.close(); err != nil {
		_, _ = os.Stderr.WriteString("close the shared twin: " + err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

// shared is a twin for several tests, since PostgreSQL takes a second to start. Each test
// uses its own names of stacks.
var shared sharedTwin

// sharedTwin is a twin that starts when the first test needs it.
type sharedTwin struct {
	mu     sync.Mutex
	server *twin.Server // nil before the start
	calls  []twin.Call  // every call for which the twin evaluated policies
}

// start returns the shared twin, and starts it if it does not run.
func (s *sharedTwin) start(t *testing.T) *twin.Server {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		// The twin outlives the test that starts it.
		server, err := twin.Start(context.WithoutCancel(t.Context()), twin.Options{Evaluated: s.record})
		if err != nil {
			t.Fatal(err)
		}
		s.server = server
		publish(t, server)
	}
	return s.server
}

// record keeps a call, so that a test can check it.
func (s *sharedTwin) record(c twin.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// close ends the twin if it was started.
func (s *sharedTwin) close() error {
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

// start runs a twin of the test's own on a free port. The test's end closes it.
func start(t *testing.T, o twin.Options) *twin.Server {
	t.Helper()
	s, err := twin.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
