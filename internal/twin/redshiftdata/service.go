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

// Limits of the Data API.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html and
// https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html
const (
	maxSQL       = 100 * 1024        // bytes of a statement
	maxActive    = 500               // statements that have not ended
	maxBatch     = 40                // statements of a batch
	tokenLife    = 8 * time.Hour     // of a client token
	resultLife   = 24 * time.Hour    // of a statement and its result
	maxRun       = 24 * time.Hour    // of a statement
	maxPageBytes = 1 << 20           // of a page of a result: the twin's own choice
	maxRunning   = 20                // statements that run at once: the twin's own choice
	maxResult    = 500 * 1024 * 1024 // bytes of a result
	resultTooBig = "ERROR: the result is larger than 500 MB"
)

// Limits of a request's body, in bytes: statements at their limit and parameters.
// In JSON a line's end or a quote is two bytes, and text beyond ASCII becomes up to
// three times as long.
const (
	maxBody      = 1 << 20
	maxBatchBody = maxBatch*maxSQL*3 + maxBody
)

// MaxBody returns the most that the body of an operation's request may have, in
// bytes.
func MaxBody(operation string) int64 {
	if operation == "BatchExecuteStatement" {
		return maxBatchBody
	}
	return maxBody
}

// Engine is the part of *sqlengine.Engine that the Data API stands on.
type Engine interface {
	Cluster(id string) (sqlengine.Cluster, bool)
	// Workgroup returns the id of the cluster that a Serverless workgroup leads to,
	// "" if there is no such workgroup.
	Workgroup(name string) string
	Databases(id string) []string
	Exec(ctx context.Context, t sqlengine.Target, sql string, parameters map[string]string) (sqlengine.Result, error)
	ExecBatch(ctx context.Context, t sqlengine.Target, sqls []string, parameters map[string]string) ([]sqlengine.Result, error)
}

// Service is the Redshift Data API as an http.Handler: it answers requests in AWS JSON
// 1.1. It is safe for concurrent use.
type Service struct {
	http.Handler
	Options
	engine  Engine
	ctx     context.Context // ends with the Service
	end     context.CancelFunc
	running sync.WaitGroup
	slots   chan struct{} // held by the statements that run

	mu         sync.Mutex
	statements []*statement // oldest first
	byID       map[string]*statement
	tokens     map[string]token
	active     int
}

// token is a client token that has been used.
type token struct {
	request string // what it was used for
	id      string
	expires time.Time
}

// Options say who calls a Service, and how it delays statements.
type Options struct {
	// Account is whose the clusters are.
	Account account.Account
	// WorkgroupARN returns a Serverless workgroup's ARN, "" if there is no such
	// workgroup. It may be nil if Authorize is.
	WorkgroupARN func(name string) string
	// Authorize is asked about each request. Nil allows all.
	Authorize iam.Authorize
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// QueueDelay is how long each statement waits before it runs.
	QueueDelay time.Duration
	// OwnUsers runs a role's statements without a secret and DbUser as the role's own
	// database user. Else the admin user runs them.
	OwnUsers bool
	// Caller returns who sent the request of a context. Nil means that all requests are
	// of one caller, who sees all statements.
	Caller func(context.Context) Caller
}

// New returns a Service on an engine.
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

// Close cancels what is running and waits until it has ended.
func (s *Service) Close() {
	s.end()
	s.running.Wait()
}

// epoch is a time as AWS JSON has it: seconds, to the millisecond.
type epoch float64

func epochOf(t time.Time) epoch { return epoch(float64(t.UnixMilli()) / 1000) }

// invalid returns a ValidationException.
func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationException", format, args...)
}
