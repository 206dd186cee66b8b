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
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	twin "github.com/tributary-cdk/tributary/internal/twin/warehouse"
	"github.com/tributary-cdk/tributary/lambda/build"
)

// world is what all lives share: one PostgreSQL and the function's binary.
type world struct {
	dir      string
	binary   string
	timeout  time.Duration // the function's
	postgres *postgres.Server
	streams  *streams
	engine   *redshift.Engine
	data     *redshiftdata.Service
}

// newWorld compiles the function from the module at moduleDir and starts the
// warehouse.
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
	if w.postgres, err = postgres.Start(ctx, postgres.Options{Dir: moduleDir}); err != nil {
		return err
	}
	if w.engine, err = redshift.New(ctx, redshift.Options{Server: w.postgres, Streams: w.streams}); err != nil {
		return err
	}
	w.data = redshiftdata.New(w.engine, redshiftdata.Options{})
	return nil
}

func (w *world) close() error {
	var errs []error
	if w.data != nil {
		w.data.Close()
	}
	if w.engine != nil {
		errs = append(errs, w.engine.Close(context.Background()))
	}
	if w.postgres != nil {
		errs = append(errs, w.postgres.Close())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}

// site is an account's one region: a cluster and a workgroup, and the endpoint of all
// services that the function calls. Lives at one site follow each other, each at one
// of the warehouses.
type site struct {
	*world
	warehouses [2]warehouse
	here       warehouse // of the present life
	store      *twin.Store
	pace       *pace

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
	s.warehouses = [2]warehouse{
		{cluster: fmt.Sprintf("cluster-%d", number)},
		{workgroup: fmt.Sprintf("workgroup-%d", number), namespace: fmt.Sprintf("namespace-%d", number)},
	}
	s.store = twin.New(w.engine, twin.Options{Region: "us-east-1", Account: "123456789012", Now: s.pace.now})
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
	for _, s.here = range s.warehouses {
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
