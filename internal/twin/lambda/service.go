package lambda

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Credentials are the credentials with which a function signs its calls to AWS.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// Options configure a [Service].
type Options struct {
	Region, Account string
	// Endpoint is the twin's base URL. Functions receive it as AWS_ENDPOINT_URL.
	Endpoint string
	// RuntimePath is the path under which Endpoint serves [Service.Runtime],
	// such as "/_tributary/lambda".
	RuntimePath string
	// Dir is an existing directory for code, logs and temporary files.
	Dir string
	// WorkDir is where the go command looks for a function's module. Empty
	// means the current directory.
	WorkDir string
	// Emulator is a command that runs linux/arm64 programs, such as
	// "qemu-aarch64-static". Empty means none.
	Emulator string
	// Credentials returns the credentials of a function, by the ARN of its role and the
	// function's name. If nil, functions have no credentials.
	Credentials func(role, function string) Credentials
	// RetryDelays are the delays before the first retry of an asynchronous invocation,
	// the second, and so on. The last one is repeated. Empty means 1 s, 2 s.
	RetryDelays []time.Duration
	// IdleTimeout is the time after which an idle environment ends. Zero means 1 minute.
	IdleTimeout time.Duration
	// InitTimeout is the longest time from a process's start until it requests its first
	// invocation. Zero means 10 s, as on Lambda.
	InitTimeout time.Duration
	// Logger logs builds of functions and failed invocations. Nil means no log.
	Logger *slog.Logger
}

// function is one version of a function's code and configuration. An update makes a
// new one.
type function struct {
	Config
	arn     string
	dir     string // contains the unpacked code
	program program
	sha256  string // the zip's hash, in base64
	size    int64  // the zip's size, in bytes
	updated time.Time
	log     *log

	mu      sync.Mutex
	idle    []*environment
	running map[*environment]struct{} // all environments, the idle ones included
	retired bool                      // deleted or replaced by an update
}

// Service contains the functions of a region. Use [New].
type Service struct {
	Options
	programs programs

	mu           sync.Mutex
	functions    map[string]*function
	async        map[string]AsyncConfig
	logs         map[string]*log
	environments map[string]*environment // by token

	ctx        context.Context // canceled by Close
	cancel     context.CancelFunc
	background sync.WaitGroup // the asynchronous invocations that are running
}

// New returns a Service without functions. The caller must close it.
func New(o Options) *Service {
	if len(o.RetryDelays) == 0 {
		o.RetryDelays = []time.Duration{time.Second, 2 * time.Second}
	}
	o.IdleTimeout = cmp.Or(o.IdleTimeout, time.Minute)
	o.InitTimeout = cmp.Or(o.InitTimeout, 10*time.Second)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	return &Service{
		ctx: ctx, cancel: cancel,
		Options:      o,
		programs:     programs{dir: filepath.Join(o.Dir, "programs"), workDir: o.WorkDir, emulator: o.Emulator},
		functions:    map[string]*function{},
		async:        map[string]AsyncConfig{},
		logs:         map[string]*log{},
		environments: map[string]*environment{},
	}
}

// ARN returns a function's ARN.
func (s *Service) ARN(name string) string {
	return account.Account{Region: s.Region, ID: s.Account}.ARN("lambda", "function:"+name)
}

// Create makes a function. It calls progress, if not nil, with messages about what it
// waits for. If a function of the name exists, the error is a ResourceConflictException.
func (s *Service) Create(ctx context.Context, c Config, progress func(string)) error {
	s.mu.Lock()
	_, exists := s.functions[c.Name]
	s.mu.Unlock()
	if exists {
		return &wire.Error{
			Status: http.StatusConflict, Code: "ResourceConflictException",
			Message: "Function already exist: " + c.Name,
		}
	}
	return s.deploy(ctx, c, progress)
}

// Update replaces a function's code and configuration. Invocations that are running
// finish with the old ones. The parameter progress is that of Create. If the function
// does not exist, the error is a ResourceNotFoundException.
func (s *Service) Update(ctx context.Context, c Config, progress func(string)) error {
	if _, err := s.find(c.Name); err != nil {
		return err
	}
	return s.deploy(ctx, c, progress)
}

// deploy unpacks a function's code, finds the program that runs it, and registers the
// function in place of an older one.
func (s *Service) deploy(ctx context.Context, c Config, progress func(string)) error {
	if progress == nil {
		progress = func(string) {}
	}
	if err := c.check(); err != nil {
		return err
	}
	f, err := s.unpack(c)
	if err != nil {
		return err
	}
	f.program, err = s.programs.find(ctx, filepath.Join(f.dir, "bootstrap"), c.Architecture, func(message string) {
		s.Logger.Info(message, "function", c.Name)
		progress(message)
	})
	if err != nil {
		return errors.Join(err, os.RemoveAll(f.dir))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return errors.Join(errClosed, os.RemoveAll(f.dir))
	}
	if s.logs[c.Name] == nil {
		if s.logs[c.Name], err = openLog(filepath.Join(s.Dir, "logs"), c.Name); err != nil {
			return err
		}
	}
	f.log = s.logs[c.Name]
	old := s.functions[c.Name]
	s.functions[c.Name] = f
	if old != nil {
		s.retire(old)
	}
	return nil
}

var errClosed = errors.New("the local twin's lambda is closed")

// Delete removes a function and ends its environments. The log is kept. If the function
// does not exist, the error is a ResourceNotFoundException.
func (s *Service) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.functions[name]
	if f == nil {
		return s.notFound(name)
	}
	delete(s.functions, name)
	delete(s.async, name)
	s.retire(f)
	return nil
}

// Names returns the functions' names, sorted.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.functions))
}

// Close kills the processes of all environments and waits until they have ended.
func (s *Service) Close() {
	s.mu.Lock()
	s.cancel()
	all := slices.Collect(maps.Values(s.environments))
	s.mu.Unlock()
	for _, e := range all {
		<-e.ended
	}
	s.background.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.logs {
		l.close()
	}
}

// find returns the function of a name or ARN. The error is a ResourceNotFoundException,
// also for a qualifier other than $LATEST.
func (s *Service) find(name string) (*function, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	short, qualifier := name, ""
	if arn.IsARN(name) {
		prefix := s.ARN("")
		if !strings.HasPrefix(name, prefix) {
			return nil, s.notFound(name)
		}
		short = strings.TrimPrefix(name, prefix)
	}
	short, qualifier, _ = strings.Cut(short, ":")
	f := s.functions[short]
	if f == nil || qualifier != "" && qualifier != "$LATEST" {
		return nil, s.notFound(name)
	}
	return f, nil
}

func (s *Service) notFound(name string) *wire.Error {
	if !arn.IsARN(name) {
		name = s.ARN(name)
	}
	return &wire.Error{
		Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "Function not found: " + name,
	}
}

// retire ends the idle environments of a function that was deleted or replaced. The
// others end after their invocation.
func (s *Service) retire(f *function) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retired = true
	for _, e := range f.idle {
		e.stop()
	}
	f.idle = nil
	f.removeIfUnused()
}

// removeIfUnused removes the code of a retired function that has no environment any
// more. The caller must hold f.mu.
func (f *function) removeIfUnused() {
	if f.retired && len(f.running) == 0 {
		_ = os.RemoveAll(f.dir) // it lies in the twin's directory, which the twin removes at its end
	}
}
