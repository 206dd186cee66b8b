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

// world is what all lives share: the function's binary, and a service of each isolation
// level.
type world struct {
	dir      string
	binary   string
	timeout  time.Duration // the function's
	streams  *streams
	services []*service
}

// service is a region's Redshift: its warehouses, and the Data API. All of its
// warehouses have the same isolation level.
type service struct {
	postgres *postgres.Server
	engine   *sqlengine.Engine
	data     *redshiftdata.Service
}

// newWorld compiles the function from the module at moduleDir and starts the
// services.
func newWorld(ctx context.Context, moduleDir string, timeout time.Duration) (*world, error) {
	w := &world{timeout: timeout, streams: &streams{byName: map[string]*stream{}}}
	err := w.start(ctx, moduleDir)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) start(ctx context.Context, moduleDir string) (err error) {
	if w.dir, err = os.MkdirTemp("", "tributary-faults-"); err != nil {
		return err
	}
	w.binary = filepath.Join(w.dir, "bootstrap")
	if err := build.Build(ctx, moduleDir, build.Package, runtime.GOOS, runtime.GOARCH, w.binary); err != nil {
		return err
	}
	for _, snapshot := range []bool{false, true} {
		s := &service{}
		w.services = append(w.services, s)
		if err := s.start(ctx, moduleDir, w.streams, sqlengine.Strictness{Snapshot: snapshot, UntypedParameters: true, HiddenDependents: true}); err != nil {
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

func (w *world) close() error {
	var errs []error
	for _, s := range w.services {
		errs = append(errs, s.close())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}

// site is an account's one region: a cluster and a workgroup of each isolation level,
// and the endpoint of all services that the function calls. Lives at one site follow
// each other, each at one of the warehouses.
type site struct {
	*world
	places   []place
	here     place // of the present life
	unlisted bool  // whether IAM denies ListStatements in the present life
	denials  atomic.Int64
	pace     *pace

	url      string
	server   *http.Server
	function *function
	proxy    *proxy

	mu       sync.Mutex
	requests map[string]*request // by id
}

// open makes a site with warehouses of its own.
func (w *world) open(ctx context.Context, number int) (*site, error) {
	s := &site{world: w, pace: &pace{}, requests: map[string]*request{}}
	for _, service := range w.services {
		owner := account.Account{Region: region, ID: accountID}
		clusters := redshift.New(service.engine, redshift.Options{Account: owner, Now: s.pace.now})
		namespaces := redshiftserverless.New(service.engine, redshiftserverless.Options{Account: owner, Now: s.pace.now})
		s.places = append(
			s.places,
			place{service: service, clusters: clusters, namespaces: namespaces, cluster: fmt.Sprintf("cluster-%d", number)},
			place{service: service, clusters: clusters, namespaces: namespaces, workgroup: fmt.Sprintf("workgroup-%d", number), namespace: fmt.Sprintf("namespace-%d", number)},
		)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.url = "http://" + listener.Addr().String()
	s.function = newFunction(w.binary, s.url, w.timeout)
	s.proxy = &proxy{site: s, statements: map[string]*fabricated{}, byToken: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /response/{request}", s.respond)
	mux.HandleFunc("POST /data/{process}", s.proxy.serve)
	mux.HandleFunc("POST /data/{process}/", s.proxy.serve)
	s.function.routes(mux)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with close
	for _, s.here = range s.places {
		if err := s.found(ctx); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *site) close() {
	s.function.close()
	_ = s.server.Close() // what is open is of processes that have ended
}
