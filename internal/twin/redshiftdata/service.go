package redshiftdata

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Limits of the Data API. The comments mark those that the twin has and AWS doesn't.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html and
// https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html
const (
	maxSQL       = 100 * 1024        // bytes in a statement
	maxActive    = 500               // statements that have not ended
	maxBatch     = 40                // statements in a batch
	tokenLife    = 8 * time.Hour     // how long a client token is remembered
	resultLife   = 24 * time.Hour    // how long an ended statement and its result are kept
	maxRun       = 24 * time.Hour    // how long a statement may run
	maxPageBytes = 1 << 20           // bytes in a page of a result, without its last row; the twin's own
	maxRunning   = 20                // statements that run at the same time; the twin's own
	maxResult    = 500 * 1024 * 1024 // bytes in a result
	resultTooBig = "ERROR: the result is larger than 500 MB"
)

// Limits of a request's body, in bytes. They allow for statements of the maximum length and
// for parameters. In JSON, a line break or a quote is two bytes long, and the encoding of
// characters outside ASCII may be three times as long as in UTF-8.
const (
	maxBody      = 1 << 20
	maxBatchBody = maxBatch*maxSQL*3 + maxBody
)

// MaxBody returns the maximum size of the body of an operation's request, in bytes.
func MaxBody(operation string) int64 {
	if operation == "BatchExecuteStatement" {
		return maxBatchBody
	}
	return maxBody
}

// Engine runs the statements. *sqlengine.Engine implements it, and documents the methods.
type Engine interface {
	Cluster(id string) (sqlengine.Cluster, bool)
	// Workgroup returns the id of the cluster that runs the statements of a Serverless
	// workgroup, and "" if the workgroup doesn't exist.
	Workgroup(name string) string
	Databases(id string) []string
	Exec(ctx context.Context, t sqlengine.Target, sql string, parameters map[string]string) (sqlengine.Result, error)
	ExecBatch(ctx context.Context, t sqlengine.Target, sqls []string, parameters map[string]string) ([]sqlengine.Result, error)
}

// Service is the Redshift Data API as an http.Handler. It uses the protocol AWS JSON 1.1.
// It is safe for concurrent use.
type Service struct {
	http.Handler
	Options
	engine  Engine
	ctx     context.Context // ends when Close is called
	end     context.CancelFunc
	running sync.WaitGroup // goroutines of run
	slots   chan struct{}  // has an element for each statement that the engine runs

	mu         sync.Mutex
	statements []*statement // oldest first
	byID       map[string]*statement
	tokens     map[string]token
	active     int // statements that have not ended
}

// token is a client token that has been used.
type token struct {
	request string // the request in JSON
	id      string // the id of the statement that the request submitted
	expires time.Time
}

// Options configure a Service.
type Options struct {
	// Account is the AWS account of the clusters.
	Account account.Account
	// WorkgroupARN returns the ARN of a Serverless workgroup, and "" if the workgroup
	// doesn't exist. It may be nil if Authorize is nil.
	WorkgroupARN func(name string) string
	// Authorize decides whether a request is allowed. Nil allows all requests.
	Authorize iam.Authorize
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// QueueDelay is how long each statement waits before it runs.
	QueueDelay time.Duration
	// OwnUsers says which database user runs a role's statements that have neither
	// SecretArn nor DbUser: if true, the role's own user, otherwise the admin user.
	OwnUsers bool
	// Caller returns the caller of a request, given the request's context. Nil means that
	// the zero Caller, which can access all statements, sends all requests.
	Caller func(context.Context) Caller
}

// New returns a Service that runs statements in engine.
func New(engine Engine, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Caller == nil {
		o.Caller = func(context.Context) Caller { return Caller{} }
	}
	s := &Service{
		Options: o, engine: engine, slots: make(chan struct{}, maxRunning),
		byID: map[string]*statement{}, tokens: map[string]token{},
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.Handler = &wire.JSON{Service: "redshift-data", Operations: map[string]wire.Operation{
		"ExecuteStatement":      wire.Handle(s.execute),
		"BatchExecuteStatement": wire.Handle(s.batchExecute),
		"DescribeStatement":     wire.Handle(s.describe),
		"CancelStatement":       wire.Handle(s.cancel),
		"GetStatementResult":    wire.Handle(s.result),
		"ListStatements":        wire.Handle(s.list),
		"ListDatabases":         wire.Handle(s.listDatabases),
		"ListSchemas":           wire.Handle(s.listSchemas),
		"ListTables":            wire.Handle(s.listTables),
		"DescribeTable":         wire.Handle(s.describeTable),
	}}
	return s
}

// Close cancels the statements that have not ended and waits until they have.
func (s *Service) Close() {
	s.end()
	s.running.Wait()
}

// epoch is a time in AWS JSON: seconds since 1970, with a precision of milliseconds.
type epoch float64

func epochOf(t time.Time) epoch { return epoch(float64(t.UnixMilli()) / 1000) }

// invalid returns a ValidationException.
func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationException", format, args...)
}
