package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/watch"
	"github.com/tributary-cdk/tributary/internal/watch/e2e"
)

// pageRows is the number of rows in the table that the page shows. Their times are in the
// last 30 days.
const pageRows = 1_000_000

// page measures the page of tributary watch, for a table on the local twin. It compares
// the first paint with that of a blank page, and measures the size of the page.
func page(ctx context.Context, runs int) (rows []row, err error) {
	world, err := e2e.New(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	for _, sql := range []string{
		"CREATE TABLE sessions (arrived TIMESTAMP, kwhdelivered DECIMAL(10,2), userid VARCHAR(30))",
		fmt.Sprintf("INSERT INTO sessions WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < %d) "+
			"SELECT getdate() - n * interval '2.592 seconds', 10 + n %% 70, 'user ' || n %% 5000 FROM g", pageRows),
	} {
		if _, err := world.Runner.Run(ctx, dataapi.Statement{Name: "bench", SQL: sql}, 0); err != nil {
			return nil, err
		}
	}
	serving, stop := context.WithCancel(ctx)
	server, err := watch.Listen(serving, 0, watch.Options{View: "sessions", Sum: "kwhdelivered", Distinct: "userid"}, world.Runner)
	if err != nil {
		stop()
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	painted, blank, err := paintBoth(ctx, server.URL()+"?window=1h&group=minute", runs)
	if err != nil {
		return nil, err
	}
	size, took, err := firstSeries(ctx, server.URL()+"events?window=1h&group=minute")
	if err != nil {
		return nil, err
	}
	first, limit := median(painted.paint), median(blank.paint)
	return []row{
		{name: "page, until the first paint", figure: first, unit: "ms", against: "a blank page", ratio: first / limit, goal: 1.5, goalText: "≤1.5"},
		{name: "page, until the first paint, blank page", figure: limit, unit: "ms"},
		{name: "page, total size", figure: median(painted.bytes) / 1000, unit: "KB", goal: 150, ofFigure: true, goalText: "≤150 KB"},
		{name: fmt.Sprintf("page, until charts of %d rows", pageRows), figure: median(painted.charts), unit: "ms"},
		{name: "page, size of the data of one hour", figure: size, unit: "B"},
		{name: "page, until the data of one hour", figure: took, unit: "ms"},
	}, nil
}

// blankPage is the page whose first paint is the limit. It has the canvas for which
// paint.mjs waits.
const blankPage = `<!doctype html><title>Blank</title><p>Blank</p><figure><canvas></canvas></figure>`

// paintBoth opens a page and blankPage in turn, each in a new browser.
func paintBoth(ctx context.Context, url string, runs int) (page, blank paintings, err error) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, blankPage) }))
	defer server.Close()
	for range runs {
		if err := page.add(ctx, url); err != nil {
			return page, blank, err
		}
		if err := blank.add(ctx, server.URL); err != nil {
			return page, blank, err
		}
	}
	return page, blank, nil
}

// paintings are the measurements of paint.mjs, one for each run: milliseconds until the
// first paint and until the charts exist, and bytes loaded.
type paintings struct{ paint, charts, bytes []float64 }

// add opens a page in a new browser and adds the measurements.
func (p *paintings) add(ctx context.Context, url string) error {
	cmd := exec.CommandContext(ctx, "node", "paint.mjs", "1")
	cmd.Env = append(os.Environ(), "PAGE="+url) // not an argument, because all users can read arguments and the URL contains a secret
	cmd.Dir, cmd.Stderr = "internal/watch/e2e", os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("open the page in a browser: %w; install Chromium at /usr/bin/chromium or set CHROMIUM, and run npm ci in internal/watch/e2e", err)
	}
	var results []struct{ Paint, Charts, Bytes float64 }
	if err := json.Unmarshal(output, &results); err != nil {
		return err
	}
	for _, r := range results {
		p.paint, p.charts, p.bytes = append(p.paint, r.Paint), append(p.charts, r.Charts), append(p.bytes, r.Bytes)
	}
	return nil
}

// firstSeries requests the page's events and reads the first event of type series. It
// returns the size of the event's data in bytes, and the milliseconds until it arrived.
func firstSeries(ctx context.Context, url string) (size, took float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if lines.Text() == "event: series" && lines.Scan() {
			return float64(len(strings.TrimPrefix(lines.Text(), "data: "))), float64(time.Since(began).Milliseconds()), nil
		}
	}
	return 0, 0, fmt.Errorf("the page's events contain no series: %w", cmp.Or(lines.Err(), io.ErrUnexpectedEOF))
}
