package attack

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// page is a web page that sends requests to the twin in every way that a page has.
//
//go:embed page.html
var page string

// origins are the hosts that the page is opened at: one that is another site, one
// that is the same site on another port, and a name that its owner points at this
// machine.
var origins = []string{"localhost", "127.0.0.1", "attacker.test"}

// site serves the page and hears what it has got hold of.
type site struct {
	twin string // its URL
	mu   sync.Mutex
	tale tale
	done chan struct{}
}

// tale is what a page tells in the end.
type tale struct {
	Sent int      // requests
	Got  []string // those whose answers it could read or run
}

// attackWeb opens the page in Chromium at each origin. A request got in if the twin
// did what it asks for, or if the page has its answer.
func attackWeb(ctx context.Context, w *world, r *Report) error {
	chromium, err := browser()
	if err != nil {
		return err
	}
	owner, err := w.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := w.placeSecret(ctx, owner); err != nil {
		return err
	}
	for _, host := range origins {
		told, err := w.open(ctx, chromium, host)
		if err != nil {
			return err
		}
		done, err := w.doneBy(ctx, strings.ReplaceAll(host, ".", "-"))
		if err != nil {
			return err
		}
		if told.Sent < 30 {
			return fmt.Errorf("the page at %s sent %d requests only", host, told.Sent)
		}
		r.Tried += told.Sent
		for _, what := range append(told.Got, done...) {
			r.In = append(r.In, "a page at "+host+": "+what)
		}
	}
	return nil
}

// open has Chromium open the page at a host and returns what the page tells.
func (w *world) open(ctx context.Context, chromium, host string) (tale, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return tale{}, err
	}
	s := &site{twin: w.URL, done: make(chan struct{})}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer func() { _ = server.Close() }()
	profile, err := os.MkdirTemp(w.dir, "chromium-")
	if err != nil {
		return tale{}, err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	twin, err := url.Parse(w.URL)
	if err != nil {
		return tale{}, err
	}
	here := fmt.Sprintf("http://%s:%s/?twin=%s&rebound=%s&name=%s", host, port, url.QueryEscape(w.URL),
		url.QueryEscape("http://"+host+":"+twin.Port()), strings.ReplaceAll(host, ".", "-"))
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", //nolint:gosec // the browser that is installed
		"--disable-component-update", "--disable-sync", "--disable-quic", "--disable-popup-blocking", "--remote-debugging-port=0",
		"--host-resolver-rules=MAP attacker.test 127.0.0.1", "--user-data-dir="+profile, here)
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return tale{}, err
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	select {
	case <-s.done:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.tale, nil
	case <-ctx.Done():
		return tale{}, errors.New("the page at " + host + " did not end within a minute")
	}
}

// ServeHTTP serves the page, sends on to the twin what asks for that, and takes the
// page's tale.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page) // a browser that has gone needs no page
	case strings.HasPrefix(r.URL.Path, "/on"):
		http.Redirect(w, r, s.twin+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect) //nolint:gosec // to the twin only
	case r.URL.Path == "/done":
		s.mu.Lock()
		defer s.mu.Unlock()
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&s.tale) == nil {
			close(s.done)
		}
	default:
		http.NotFound(w, r)
	}
}

// doneBy returns the clusters and stacks that a page has made: their names begin
// with its own.
func (w *world) doneBy(ctx context.Context, name string) ([]string, error) {
	var done []string
	clusters, err := redshift.NewFromConfig(w.AWS).DescribeClusters(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range clusters.Clusters {
		if id := aws.ToString(c.ClusterIdentifier); strings.HasPrefix(id, "by-"+name) {
			done = append(done, "made the cluster "+id)
		}
	}
	stacks, err := cloudformation.NewFromConfig(w.AWS).DescribeStacks(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range stacks.Stacks {
		if id := aws.ToString(s.StackName); strings.HasPrefix(id, "by-"+name) {
			done = append(done, "made the stack "+id)
		}
	}
	slices.Sort(done)
	return done, nil
}

// browser returns Chromium's path.
func browser() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if own := os.Getenv("CHROMIUM"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("none of %q is installed; install one, or set CHROMIUM", names)
}
