package twin

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/lambda"
	"github.com/tributary-cdk/tributary/internal/twin/limit"
	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/resource"
	"github.com/tributary-cdk/tributary/internal/twin/s3"
	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/ssm"
	"github.com/tributary-cdk/tributary/internal/twin/sts"
)

// DefaultPort is the port on which tributary local up starts a twin.
const DefaultPort = 4700

// The account and region that stacks deployed on the twin see.
const (
	DefaultRegion  = "us-east-1"
	DefaultAccount = "000000000000"
)

// The qualifier and version of the bootstrap stack, which the CDK CLI checks before it
// deploys. The version is the latest one of November 2026.
//
// Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
const (
	bootstrapQualifier = "hnb659fds"
	bootstrapVersion   = "30"
)

// closeTimeout is the longest time for which Close waits for running requests.
const closeTimeout = 5 * time.Second

// Options configure a twin.
type Options struct {
	// Port is the port on 127.0.0.1. Zero means any free port.
	Port int
	// Region and Account are what stacks see. Empty means DefaultRegion and
	// DefaultAccount.
	Region, Account string
	// WorkDir is the directory in which the search for PostgreSQL's npm package and for
	// functions' source starts. Empty means the working directory.
	WorkDir string
	// Emulator is a command that runs linux/arm64 programs. Empty means none.
	Emulator string
	// Logger is the twin's log. Nil means no log.
	Logger *slog.Logger
	// Progress is called with messages about what Start waits for. It may be nil.
	Progress func(string)
	// Evaluated is called after each evaluation of a role's policies. It must be safe for
	// concurrent use. It may be nil.
	Evaluated func(Call)
	// Strictness makes the twin as slow and as strict as AWS can be.
	Strictness Strictness
	// Now is the clock of the services. Nil means time.Now.
	Now func() time.Time
}

// Server is a running twin. The caller must close it.
type Server struct {
	options Options
	url     string
	secret  string // the owner's secret key
	dir     string // contains all files of the twin
	started time.Time
	log     *slog.Logger

	router   *router
	http     *http.Server
	shutdown chan struct{} // closed when a client requests the twin's end
	once     sync.Once

	registry       *resource.Registry
	streams        *kinesis.Store
	functions      *lambda.Service
	cloudformation *cloudformation.Service
	data           *redshiftdata.Service
	engine         *sqlengine.Engine
	clusters       *redshift.Store
	serverless     *redshiftserverless.Store
	postgres       *postgres.Server
}

// Start starts a twin and returns when the twin accepts requests. If Start returns an
// error, it has ended all processes and removed all files. Canceling ctx makes Start
// return an error, and has no effect after Start has returned.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.Region = cmp.Or(o.Region, DefaultRegion)
	o.Account = cmp.Or(o.Account, DefaultAccount)
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Emulator != "" {
		if _, err := exec.LookPath(o.Emulator); err != nil {
			return nil, fmt.Errorf("emulator: %w; install it, or omit --emulator to have functions compiled for this machine", err)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	s := &Server{
		secret: rand.Text(), options: o, log: o.Logger, started: time.Now().UTC().Truncate(time.Second),
		shutdown: make(chan struct{}), registry: &resource.Registry{},
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start starts the twin. If it returns an error, the caller calls Close.
func (s *Server) start(ctx context.Context) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.options.Port))
	if err != nil {
		return fmt.Errorf("port %d: %w; end the process that uses it, or choose another port with --port", s.options.Port, err)
	}
	s.url = "http://" + listener.Addr().String()
	if err := s.compose(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	go func() {
		if err := s.http.Serve(limit.Listener(listener, limit.Default())); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("serve", "error", err)
			s.requestShutdown()
		}
	}()
	s.log.Info("the local twin is ready", "url", s.url, "dir", s.dir, "strictness", s.options.Strictness.String())
	return nil
}

// compose creates the services and connects them.
func (s *Server) compose(ctx context.Context) error {
	if err := s.makeDir(); err != nil {
		return err
	}
	o := s.options
	owner := account.Account{Region: o.Region, ID: o.Account}
	s.streams = kinesis.New(o.Now)
	identities := sts.New(owner, sts.Credentials{AccessKeyID: AccessKeyID, SecretAccessKey: s.secret}, o.Now)
	roles, secrets := &iam.Store{Delay: o.Strictness.IAMDelay, Now: o.Now}, &secretsmanager.Store{}
	rights := policies{roles, identities, o.Evaluated, o.Strictness.NoListStatements}
	attached := warehouseRoles{rights, s.attached, s.streams, owner}
	if err := s.startEngine(ctx, attached); err != nil {
		return err
	}
	s.clusters = redshift.New(s.engine, redshift.Options{Account: owner, Now: o.Now})
	s.serverless = redshiftserverless.New(s.engine, redshiftserverless.Options{Account: owner, Now: o.Now})
	parameters := ssm.New(o.Region, o.Account, o.Now, map[string]string{
		"/cdk-bootstrap/" + bootstrapQualifier + "/version": bootstrapVersion,
	})
	buckets := s3.New(s3.Options{Region: o.Region, Account: o.Account, Dir: filepath.Join(s.dir, "s3"), Clock: o.Now},
		"cdk-"+bootstrapQualifier+"-assets-"+o.Account+"-"+o.Region)
	s.functions = s.newFunctions(identities)
	s.cloudformation = cloudformation.New(cloudformation.Options{
		Region: o.Region, Account: o.Account, Invoker: s.functions, BaseURL: s.url + "/_tributary", Logger: s.log,
		Types: resource.Types(resource.Services{
			Registry: s.registry, IAM: roles, Streams: s.streams, Functions: s.functions,
			Objects: objects{buckets}, Parameters: parameters, Secrets: secrets, Clusters: s.clusters, Serverless: s.serverless,
		}),
		Resolve:       secrets.Resolve,
		FetchTemplate: func(_ context.Context, url string) ([]byte, error) { return fetchTemplate(buckets, url) },
		SSMParameter:  parameters.Get, AvailabilityZones: zones,
	})
	s.data = redshiftdata.New(s.engine, redshiftdata.Options{
		Account: owner, WorkgroupARN: s.serverless.WorkgroupARN, Authorize: rights.authorize,
		QueueDelay: o.Strictness.QueueDelay, OwnUsers: o.Strictness.OwnUsers, Caller: rights.caller,
	})
	verifier := signature.New(identities, o.Now)
	s.router = &router{
		verifier: verifier, control: s.control(verifier),
		services: map[string]service{
			"sts": {identities, signature.Query}, "ssm": {parameters.Handler(), signature.JSON}, "s3": {buckets, signature.RESTXML},
			"cloudformation": {s.cloudformation, signature.Query}, "kinesis": {s.streams.Handler(o.Region, o.Account), signature.JSON},
			"lambda":              {s.functions, signature.RESTJSON},
			"redshift-data":       {s.data, signature.JSON},
			"redshift":            {&redshift.API{Store: s.clusters, Authorize: rights.authorize, Trusts: attached.trusts}, signature.Query},
			"redshift-serverless": {&redshiftserverless.API{Store: s.serverless, Authorize: rights.authorize}, signature.JSON},
		},
	}
	s.http = limited(clientsOnly(s.router))
	return nil
}

// makeDir creates the twin's directory. PostgreSQL may run as another user, so other users
// may traverse the directory. They can't list it or read files in it.
func (s *Server) makeDir() error {
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		return err
	}
	s.dir = dir
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // for PostgreSQL's user: see above
		return err
	}
	return errors.Join(os.Mkdir(filepath.Join(dir, "cdk"), 0o700), os.Mkdir(filepath.Join(dir, "lambda"), 0o700),
		os.Mkdir(filepath.Join(dir, "s3"), 0o700))
}

// attached reports whether a role is attached to a warehouse. Cluster is the warehouse's
// ID in the SQL engine.
func (s *Server) attached(cluster, role string) bool {
	return s.clusters.Attached(cluster, role) || s.serverless.Attached(cluster, role)
}

// startEngine starts PostgreSQL and the SQL engine, which runs Redshift's SQL on it.
func (s *Server) startEngine(ctx context.Context, roles warehouseRoles) error {
	s.options.Progress("starting PostgreSQL")
	options := postgres.Options{Dir: s.options.WorkDir}
	if runtime.GOOS == "linux" { // on macOS the path of the socket would be too long
		options.Temp = s.dir
	}
	var err error
	if s.postgres, err = postgres.Start(ctx, options); err != nil {
		return err
	}
	s.options.Progress("preparing Redshift's catalog")
	s.engine, err = sqlengine.New(ctx, sqlengine.Options{
		Server: s.postgres, Streams: streams{s.streams}, Log: s.log, Strictness: s.options.Strictness.engine(), Authorizer: roles,
	})
	return err
}

func (s *Server) newFunctions(identities *sts.Service) *lambda.Service {
	return lambda.New(lambda.Options{
		Region: s.options.Region, Account: s.options.Account, Endpoint: s.url, RuntimePath: ControlPath + "lambda",
		Dir: filepath.Join(s.dir, "lambda"), WorkDir: s.options.WorkDir, Emulator: s.options.Emulator, Logger: s.log,
		Credentials: func(role, function string) lambda.Credentials {
			c := identities.Assume(role, function)
			return lambda.Credentials{
				AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
			}
		},
	})
}

// zones returns the names of three availability zones of a region.
func zones(region string) []string { return []string{region + "a", region + "b", region + "c"} }

// URL returns the twin's URL, such as "http://127.0.0.1:4700".
func (s *Server) URL() string { return s.url }

// Done returns a channel that is closed when a client has requested the twin's end. The
// caller of Start must then call Close.
func (s *Server) Done() <-chan struct{} { return s.shutdown }

// Close ends all processes of the twin and removes its files. It returns one error for
// everything that failed.
func (s *Server) Close() error {
	var errs []error
	if s.http != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if s.cloudformation != nil {
			s.cloudformation.Close()
		}
		s.functions.Close()
		if err := s.http.Shutdown(ctx); err != nil {
			errs = append(errs, s.http.Close())
		}
		s.data.Close()
	}
	if s.engine != nil {
		errs = append(errs, s.engine.Close(context.Background()))
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Close())
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}
