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

// Credentials sign a function's calls.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// Options say where functions run and how.
type Options struct {
	Region, Account string
	// Endpoint is the twin's base URL, which functions get as AWS_ENDPOINT_URL.
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
	// Credentials returns what a function signs with, for its role's ARN and its
	// own name. Nil means none.
	Credentials func(role, function string) Credentials
	// RetryDelays are the waits before each further try of an asynchronous
	// invocation that failed; the last is used again. Empty means 1 s, 2 s.
	RetryDelays []time.Duration
	// IdleTimeout ends an environment that nothing used for so long. Zero means
	// 1 minute.
	IdleTimeout time.Duration
	// InitTimeout bounds the time from a process's start to its first question
	// for work. Zero means 10 s, as on Lambda.
	InitTimeout time.Duration
	// Logger hears what the service does. Nil means nobody.
	Logger *slog.Logger
}

// function is one function as it stands now. An update makes another.
type function struct {
	Config
	arn     string
	dir     string // the unpacked code
	program program
	sha256  string // base64, of the zip
	size    int64  // of the zip
	updated time.Time
	log     *log

	mu      sync.Mutex
	idle    []*environment
	running map[*environment]struct{}
	retired bool // deleted or replaced by an update
}

// Service holds a region's functions. Its zero value is not usable: see [New].
type Service struct {
	Options
	programs programs

	mu           sync.Mutex
	functions    map[string]*function
	async        map[string]AsyncConfig
	logs         map[string]*log
	environments map[string]*environment // by token

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	later  sync.WaitGroup // asynchronous invocations under way
}

// New returns a Service without functions. The caller closes it.
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

// Create makes a function, ready to run. progress, if not nil, hears what
// takes long. A name in use is a ResourceConflictException.
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

// Update changes a function: invocations that run end as they began, later
// ones find the new code and configuration.
func (s *Service) Update(ctx context.Context, c Config, progress func(string)) error {
	if _, err := s.find(c.Name); err != nil {
		return err
	}
	return s.deploy(ctx, c, progress)
}

// deploy unpacks, finds what to run, and puts the function in place.
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

// Delete removes a function and ends its environments. A function that isn't
// there is a ResourceNotFoundException. Its log stays.
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

// Close ends every environment and waits for their processes.
func (s *Service) Close() {
	s.mu.Lock()
	s.cancel()
	all := slices.Collect(maps.Values(s.environments))
	s.mu.Unlock()
	for _, e := range all {
		<-e.ended
	}
	s.later.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.logs {
		l.close()
	}
}

// find returns a function by its name or ARN.
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

// retire ends a function's idle environments; those at work end after it.
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

// removeIfUnused removes the code of a retired function that nothing runs, for
// callers which hold f.mu.
func (f *function) removeIfUnused() {
	if f.retired && len(f.running) == 0 {
		_ = os.RemoveAll(f.dir) // what stays goes with the twin's directory
	}
}
