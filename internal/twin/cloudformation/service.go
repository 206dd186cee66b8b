package cloudformation

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// parallelism is the maximum number of resources of a stack that are created, updated or
// deleted concurrently.
const parallelism = 8

// Options are the options of a Service. Region and Account are required.
type Options struct {
	Region, Account string
	// Types are the resource types that stacks may use, in addition to custom
	// resources and AWS::CDK::Metadata.
	Types []Type
	// Invoker runs the functions of custom resources. If it is nil, a template with a
	// custom resource is rejected.
	Invoker Invoker
	// BaseURL is the twin's address, such as "http://127.0.0.1:4700". Response URLs of
	// custom resources consist of BaseURL, [ResponsePath] and a token.
	BaseURL string
	// FetchTemplate fetches the template at a TemplateURL. If it is nil, a request with
	// a TemplateURL is rejected.
	FetchTemplate func(ctx context.Context, url string) ([]byte, error)
	// SSMParameter returns the value of a Systems Manager parameter, and false if it
	// does not exist. If SSMParameter is nil, no parameter exists.
	SSMParameter func(name string) (string, bool)
	// AvailabilityZones returns the zones of a region. If it is nil, a template with
	// Fn::GetAZs is rejected.
	AvailabilityZones func(region string) []string
	// Resolve returns the value of a dynamic reference, such as
	// "secretsmanager:name:SecretString:password". If it is nil, a template with a
	// dynamic reference is rejected.
	Resolve func(ctx context.Context, reference string) (string, error)
	// Clock returns the current time. Default: time.Now.
	Clock func() time.Time
	// NewID returns a new UUID. Default: a random UUID.
	NewID func() string
	// Logger logs each stack event at debug level. Default: no log.
	Logger *slog.Logger
}

// Service emulates CloudFormation in one account and region. It keeps its stacks in
// memory. It is safe for concurrent use. The caller must call Close at the end.
type Service struct {
	region, account  string
	types            catalog
	custom           *customResources // nil without an Invoker
	fetch            func(ctx context.Context, url string) ([]byte, error)
	parameter        func(name string) (string, bool)
	zones            func(region string) []string
	resolveReference func(ctx context.Context, reference string) (string, error)
	clock            func() time.Time
	newID            func() string
	log              *slog.Logger
	actions          map[string]action
	parallel         int

	ctx     context.Context // parent of the contexts of all operations; Close cancels it
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	stacks []*stack // in order of creation; includes deleted stacks
}

// New returns a Service without stacks.
func New(o Options) *Service {
	s := &Service{
		region: o.Region, account: o.Account, fetch: o.FetchTemplate,
		parameter: o.SSMParameter, zones: o.AvailabilityZones, resolveReference: o.Resolve,
		clock: o.Clock, newID: o.NewID, log: o.Logger, parallel: parallelism,
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.newID == nil {
		s.newID = uuid.New
	}
	s.log = cmp.Or(s.log, slog.New(slog.DiscardHandler))
	s.ctx, s.cancel = context.WithCancel(context.Background())
	types := []Type{metadataType()}
	if o.Invoker != nil {
		s.custom = newCustomResources(s.ctx, o.Invoker, strings.TrimSuffix(o.BaseURL, "/")+ResponsePath)
		types = append(types, s.custom.types()...)
	}
	s.types = newCatalog(append(types, o.Types...)...)
	s.actions = s.newActions()
	return s
}

// Close cancels all operations without a rollback, and waits until they have ended.
func (s *Service) Close() {
	s.cancel()
	s.running.Wait()
	if s.custom != nil {
		s.custom.wait()
	}
}

// ResponseHandler returns the handler for the responses of custom resources. The caller
// must mount it at [ResponsePath].
func (s *Service) ResponseHandler() http.Handler {
	if s.custom == nil {
		return http.NotFoundHandler()
	}
	return s.custom
}

// arn returns the ARN of a new stack or change set. kind is "stack" or "changeSet".
func (s *Service) arn(kind, name string) string {
	return account.Account{Region: s.region, ID: s.account}.ARN("cloudformation", kind+"/"+name+"/"+s.newID())
}

// findStack returns the stack with the given name or id, or nil if it does not exist. It
// finds deleted stacks only by their ids. The caller must hold s.mu.
func (s *Service) findStack(nameOrID string) *stack {
	for i := len(s.stacks) - 1; i >= 0; i-- {
		st := s.stacks[i]
		if st.id == nameOrID || (st.name == nameOrID && st.status != deleteComplete) {
			return st
		}
	}
	return nil
}

// addStack adds an empty stack without a status. The caller must hold s.mu.
func (s *Service) addStack(name string) *stack {
	st := &stack{
		name: name, id: s.arn("stack", name), created: s.clock().UTC(),
		resources: map[string]*instance{}, changeSets: map[string]*changeSet{},
	}
	s.stacks = append(s.stacks, st)
	return st
}

// validationError returns a ValidationError.
func validationError(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}
