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

// page is a web page that sends requests to the twin in every way that a browser offers
// to a page.
//
//go:embed page.html
var page string

// origins are the hosts that the page is opened at: another site, the twin's own site
// with another port, and a host name that the attacker's DNS resolves to this machine.
var origins = []string{"localhost", "127.0.0.1", "attacker.test"}

// pageServer serves the page and receives its report.
type pageServer struct {
	twin   string // the twin's URL
	mu     sync.Mutex
	report pageReport
	done   chan struct{} // closed when the report was received
}

// pageReport is the report that a page sends when it has tried all requests.
type pageReport struct {
	Sent int      // number of requests sent
	Got  []string // the requests whose response the page could read or run
}

// attackWeb opens the page in Chromium at each origin. A request succeeded if the twin
// executed it, or if the page could read its response.
func attackWeb(ctx context.Context, tw *attackedTwin, r *Report) error {
	chromium, err := browser()
	if err != nil {
		return err
	}
	owner, err := tw.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := tw.putScript(ctx, owner); err != nil {
		return err
	}
	for _, host := range origins {
		report, err := tw.open(ctx, chromium, host)
		if err != nil {
			return err
		}
		created, err := tw.createdBy(ctx, strings.ReplaceAll(host, ".", "-"))
		if err != nil {
			return err
		}
		if report.Sent < 30 {
			return fmt.Errorf("the page at %s sent only %d requests; want at least 30", host, report.Sent)
		}
		r.Tried += report.Sent
		for _, request := range append(report.Got, created...) {
			r.Succeeded = append(r.Succeeded, "a page at "+host+": "+request)
		}
	}
	return nil
}

// open opens the page in Chromium at a host, and returns the page's report.
func (tw *attackedTwin) open(ctx context.Context, chromium, host string) (pageReport, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return pageReport{}, err
	}
	s := &pageServer{twin: tw.URL, done: make(chan struct{})}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // returns when the server is closed
	defer func() { _ = server.Close() }()
	profile, err := os.MkdirTemp(tw.dir, "chromium-")
	if err != nil {
		return pageReport{}, err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	twin, err := url.Parse(tw.URL)
	if err != nil {
		return pageReport{}, err
	}
	here := fmt.Sprintf("http://%s:%s/?twin=%s&rebound=%s&name=%s", host, port, url.QueryEscape(tw.URL),
		url.QueryEscape("http://"+host+":"+twin.Port()), strings.ReplaceAll(host, ".", "-"))
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", //nolint:gosec // runs the installed browser
		"--disable-component-update", "--disable-sync", "--disable-quic", "--disable-popup-blocking", "--remote-debugging-port=0",
		"--host-resolver-rules=MAP attacker.test 127.0.0.1", "--user-data-dir="+profile, here)
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return pageReport{}, err
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // the error is expected, since cancel kills the browser
	}()
	select {
	case <-s.done:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.report, nil
	case <-ctx.Done():
		return pageReport{}, errors.New("the page at " + host + " sent no report within a minute")
	}
}

// ServeHTTP serves the page, redirects requests for /redirect to the twin, and receives
// the page's report.
func (s *pageServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page) // an error means that the browser closed the connection
	case strings.HasPrefix(r.URL.Path, "/redirect"):
		http.Redirect(w, r, s.twin+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect) //nolint:gosec // redirects to the twin only
	case r.URL.Path == "/done":
		s.mu.Lock()
		defer s.mu.Unlock()
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&s.report) == nil {
			close(s.done)
		}
	default:
		http.NotFound(w, r)
	}
}

// createdBy describes the clusters and stacks that a page created. Their names contain
// the page's name.
func (tw *attackedTwin) createdBy(ctx context.Context, name string) ([]string, error) {
	var created []string
	clusters, err := redshift.NewFromConfig(tw.AWS).DescribeClusters(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range clusters.Clusters {
		if id := aws.ToString(c.ClusterIdentifier); strings.HasPrefix(id, "by-"+name) {
			created = append(created, "created the cluster "+id)
		}
	}
	stacks, err := cloudformation.NewFromConfig(tw.AWS).DescribeStacks(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range stacks.Stacks {
		if id := aws.ToString(s.StackName); strings.HasPrefix(id, "by-"+name) {
			created = append(created, "created the stack "+id)
		}
	}
	slices.Sort(created)
	return created, nil
}

// browser returns the path of Chromium: of the command in the environment variable
// CHROMIUM if it is set, and otherwise of an installed one.
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
	return "", fmt.Errorf("no browser found, tried %q; install Chromium or set CHROMIUM", names)
}
