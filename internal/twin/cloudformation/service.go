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

// parallelism is how many resources of a stack are made at a time.
const parallelism = 8

// Options says what a Service stands on. Region and Account are required.
type Options struct {
	Region, Account string
	// Types are the resource types that stacks may use, besides custom
	// resources and AWS::CDK::Metadata.
	Types []Type
	// Invoker runs the functions of custom resources. Nil: a custom resource is
	// refused as an unknown type.
	Invoker Invoker
	// BaseURL is the twin's address, such as "http://127.0.0.1:4700". Custom
	// resources answer below [ResponsePath] of it.
	BaseURL string
	// FetchTemplate reads the template behind a TemplateURL. Nil refuses them.
	FetchTemplate func(ctx context.Context, url string) ([]byte, error)
	// SSMParameter reads a Systems Manager parameter. Nil knows none.
	SSMParameter func(name string) (string, bool)
	// AvailabilityZones lists a region's zones. Nil refuses Fn::GetAZs.
	AvailabilityZones func(region string) []string
	// Resolve returns what stands behind a dynamic reference, such as
	// "secretsmanager:name:SecretString:password". Nil refuses them.
	Resolve func(ctx context.Context, reference string) (string, error)
	// Clock tells the time. Default: time.Now.
	Clock func() time.Time
	// NewID returns a new UUID. Default: a random one.
	NewID func() string
	// Logger hears of each event, at debug level. Default: nobody does.
	Logger *slog.Logger
}

// Service is a CloudFormation of one account and region. Its stacks are in
// memory. It is safe for concurrent use; Close it at the end.
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

	ctx     context.Context // the lifetime of what runs in the background
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	stacks []*stack // in order of creation, deleted ones too
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

// Close ends every operation where it stands, and returns when all have ended.
func (s *Service) Close() {
	s.cancel()
	s.running.Wait()
	if s.custom != nil {
		s.custom.wait()
	}
}

// ResponseHandler takes the answers of custom resources. Mount it at
// [ResponsePath].
func (s *Service) ResponseHandler() http.Handler {
	if s.custom == nil {
		return http.NotFoundHandler()
	}
	return s.custom
}

// arn returns the ARN of a new stack or change set.
func (s *Service) arn(kind, name string) string {
	return account.Account{Region: s.region, ID: s.account}.ARN("cloudformation", kind+"/"+name+"/"+s.newID())
}

// find returns the stack of a name that isn't deleted, or of an id, deleted or
// not; nil if there is none. Callers hold the lock.
func (s *Service) find(nameOrID string) *stack {
	for i := len(s.stacks) - 1; i >= 0; i-- {
		st := s.stacks[i]
		if st.id == nameOrID || (st.name == nameOrID && st.status != deleteComplete) {
			return st
		}
	}
	return nil
}

// add makes an empty stack. Callers hold the lock.
func (s *Service) add(name string) *stack {
	st := &stack{
		name: name, id: s.arn("stack", name), created: s.clock().UTC(),
		resources: map[string]*instance{}, changeSets: map[string]*changeSet{},
	}
	s.stacks = append(s.stacks, st)
	return st
}

// validation returns a ValidationError.
func validation(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}
