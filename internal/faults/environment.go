package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/lambda/build"
)

// environment is shared by all scenarios: it has the function's binary, and one
// service for each isolation level.
type environment struct {
	dir      string        // temporary directory of the binary
	binary   string        // path of the function's binary
	timeout  time.Duration // the function's timeout
	streams  *streams
	services []*service
}

// service runs the SQL of many warehouses, which all have the same isolation level:
// serializable or snapshot. It includes their Data API.
type service struct {
	postgres *postgres.Server
	engine   *sqlengine.Engine
	data     *redshiftdata.Service
}

// newEnvironment compiles the function from the module in moduleDir and starts the
// services.
func newEnvironment(ctx context.Context, moduleDir string, timeout time.Duration) (*environment, error) {
	env := &environment{timeout: timeout, streams: &streams{byName: map[string]*stream{}}}
	err := env.start(ctx, moduleDir)
	if err != nil {
		return nil, errors.Join(err, env.close())
	}
	return env, nil
}

func (env *environment) start(ctx context.Context, moduleDir string) (err error) {
	if env.dir, err = os.MkdirTemp("", "tributary-faults-"); err != nil {
		return err
	}
	env.binary = filepath.Join(env.dir, "bootstrap")
	if err := build.Build(ctx, moduleDir, build.Package, runtime.GOOS, runtime.GOARCH, env.binary); err != nil {
		return err
	}
	for _, snapshot := range []bool{false, true} {
		s := &service{}
		env.services = append(env.services, s)
		if err := s.start(ctx, moduleDir, env.streams, sqlengine.Strictness{Snapshot: snapshot, UntypedParameters: true, HiddenDependents: true}); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) start(ctx context.Context, moduleDir string, streams sqlengine.Streams, strictness sqlengine.Strictness) (err error) {
	if s.postgres, err = postgres.Start(ctx, postgres.Options{Dir: moduleDir}); err != nil {
		return err
	}
	if s.engine, err = sqlengine.New(ctx, sqlengine.Options{Server: s.postgres, Streams: streams, Strictness: strictness}); err != nil {
		return err
	}
	s.data = redshiftdata.New(s.engine, redshiftdata.Options{})
	return nil
}

func (s *service) close() error {
	var errs []error
	if s.data != nil {
		s.data.Close()
	}
	if s.engine != nil {
		errs = append(errs, s.engine.Close(context.Background()))
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Close())
	}
	return errors.Join(errs...)
}

func (env *environment) close() error {
	var errs []error
	for _, s := range env.services {
		errs = append(errs, s.close())
	}
	if env.dir != "" {
		errs = append(errs, os.RemoveAll(env.dir))
	}
	return errors.Join(errs...)
}

// sandbox runs scenarios one after the other. It has a cluster and a workgroup for each
// isolation level, and an HTTP endpoint for all services that the function calls.
// Sandboxes run in parallel and share the environment.
type sandbox struct {
	*environment
	warehouses  []warehouse
	current     warehouse    // the warehouse of the current scenario
	listDenied  bool         // whether IAM denies ListStatements in the current scenario
	listDenials atomic.Int64 // number of ListStatements calls denied in the current step
	clock       *pausableClock

	url      string // the URL of the HTTP endpoint
	server   *http.Server
	function *function
	proxy    *proxy

	mu       sync.Mutex
	requests map[string]*request // keyed by request ID
}

// open returns a new sandbox with its own warehouses. number is part of their names.
func (env *environment) open(ctx context.Context, number int) (*sandbox, error) {
	s := &sandbox{environment: env, clock: &pausableClock{}, requests: map[string]*request{}}
	for _, service := range env.services {
		owner := account.Account{Region: region, ID: accountID}
		clusters := redshift.New(service.engine, redshift.Options{Account: owner, Now: s.clock.now})
		namespaces := redshiftserverless.New(service.engine, redshiftserverless.Options{Account: owner, Now: s.clock.now})
		s.warehouses = append(
			s.warehouses,
			warehouse{service: service, clusters: clusters, namespaces: namespaces, cluster: fmt.Sprintf("cluster-%d", number)},
			warehouse{service: service, clusters: clusters, namespaces: namespaces, workgroup: fmt.Sprintf("workgroup-%d", number), namespace: fmt.Sprintf("namespace-%d", number)},
		)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.url = "http://" + listener.Addr().String()
	s.function = newFunction(env.binary, s.url, env.timeout)
	s.proxy = &proxy{sandbox: s, statements: map[string]*fakeStatement{}, byToken: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /response/{request}", s.respond)
	mux.HandleFunc("POST /data/{process}", s.proxy.serve)
	mux.HandleFunc("POST /data/{process}/", s.proxy.serve)
	s.function.routes(mux)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // returns when close is called
	for _, s.current = range s.warehouses {
		if err := s.createWarehouse(ctx); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *sandbox) close() {
	s.function.close()
	_ = s.server.Close() // only connections of ended processes are still open
}
