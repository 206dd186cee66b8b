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

// What the twin is, to the stacks deployed on it.
const (
	DefaultPort    = 4700
	DefaultRegion  = "us-east-1"
	DefaultAccount = "000000000000"
)

// Qualifier and version of the bootstrap stack that the CDK CLI looks for. No
// stack needs a later version than this one of November 2026.
//
// Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
const (
	bootstrapQualifier = "hnb659fds"
	bootstrapVersion   = "30"
)

// closeTimeout bounds how long Close waits for requests under way.
const closeTimeout = 5 * time.Second

// Options say where a twin listens and what it stands on.
type Options struct {
	// Port is the port on 127.0.0.1. Zero means a free one.
	Port int
	// Region and Account are the twin's own. Empty means DefaultRegion and
	// DefaultAccount.
	Region, Account string
	// WorkDir is where the search for PostgreSQL's npm package and for the source
	// of functions begins. Empty means the working directory.
	WorkDir string
	// Emulator is a command that runs linux/arm64 programs. Empty means none.
	Emulator string
	// Logger hears what goes on. Nil means nobody.
	Logger *slog.Logger
	// Progress hears what Start waits for. Nil means nobody.
	Progress func(string)
	// Weighed hears of each call that a role's policies were asked about, from several
	// goroutines at once. Nil means nobody.
	Weighed func(Call)
	// Strictness says where the twin is as slow and as strict as AWS can be. The zero
	// value means nowhere.
	Strictness Strictness
	// Now is the clock of the services. Nil means time.Now.
	Now func() time.Time
}

// Server is a running twin. Close it at the end.
type Server struct {
	options Options
	url     string
	secret  string // the owner's secret key
	dir     string // holds everything on disk
	started time.Time
	log     *slog.Logger

	router   *router
	http     *http.Server
	shutdown chan struct{} // closed when a client asks the twin to end
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

// Start runs a twin. It returns when the twin answers. If ctx ends before, or
// anything fails, nothing is left behind; afterwards ctx has no effect.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.Region = cmp.Or(o.Region, DefaultRegion)
	o.Account = cmp.Or(o.Account, DefaultAccount)
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Emulator != "" {
		if _, err := exec.LookPath(o.Emulator); err != nil {
			return nil, fmt.Errorf("emulator: %w; install it, or leave it out to have functions compiled again for this machine", err)
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

// start makes everything that Close undoes.
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

// compose makes the services and connects them.
func (s *Server) compose(ctx context.Context) error {
	if err := s.makeDir(); err != nil {
		return err
	}
	o := s.options
	owner := account.Account{Region: o.Region, ID: o.Account}
	s.streams = kinesis.New(o.Now)
	identities := sts.New(owner, sts.Credentials{AccessKeyID: AccessKeyID, SecretAccessKey: s.secret}, o.Now)
	roles, secrets := &iam.Store{Delay: o.Strictness.IAMDelay, Now: o.Now}, &secretsmanager.Store{}
	rights := policies{roles, identities, o.Weighed, o.Strictness.NoListStatements}
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
		FetchTemplate: func(_ context.Context, url string) ([]byte, error) { return fetch(buckets, url) },
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

// makeDir makes the twin's directory. PostgreSQL, which does not run as root,
// must be able to pass through it; what lies in it is closed to others.
func (s *Server) makeDir() error {
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		return err
	}
	s.dir = dir
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // see above
		return err
	}
	return errors.Join(os.Mkdir(filepath.Join(dir, "cdk"), 0o700), os.Mkdir(filepath.Join(dir, "lambda"), 0o700),
		os.Mkdir(filepath.Join(dir, "s3"), 0o700))
}

// attached reports whether a warehouse, which the engine knows by the id cluster, can
// assume a role now.
func (s *Server) attached(cluster, role string) bool {
	return s.clusters.Attached(cluster, role) || s.serverless.Attached(cluster, role)
}

// startEngine starts PostgreSQL and the engine that makes it Redshift.
func (s *Server) startEngine(ctx context.Context, roles warehouseRoles) error {
	s.options.Progress("starting PostgreSQL")
	options := postgres.Options{Dir: s.options.WorkDir}
	if runtime.GOOS == "linux" { // elsewhere the path of a socket in it would be too long
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

// zones lists the availability zones of a region, as many as any stack needs.
func zones(region string) []string { return []string{region + "a", region + "b", region + "c"} }

// URL returns where the twin answers, such as "http://127.0.0.1:4700".
func (s *Server) URL() string { return s.url }

// Done returns a channel that is closed when a client has asked the twin to
// end. Whoever started it then closes it.
func (s *Server) Done() <-chan struct{} { return s.shutdown }

// Close ends everything that runs and removes everything on disk. What could
// not be ended or removed is in its error.
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
