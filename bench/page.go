package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/watch"
	"github.com/tributary-cdk/tributary/internal/watch/e2e"
)

// pageRows is how many rows lie behind the page, spread over 30 days.
const pageRows = 1_000_000

// page measures the page of tributary watch over a table of many rows on the local
// twin: when a browser first paints it, and what it loads.
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
	painted, err := paint(ctx, server.URL()+"?window=1h&group=minute", runs)
	if err != nil {
		return nil, err
	}
	size, took, err := firstSeries(ctx, server.URL()+"events?window=1h&group=minute")
	if err != nil {
		return nil, err
	}
	most := func(name string, figure float64, unit string, goal float64) row {
		return row{name: name, figure: figure, unit: unit, goal: goal, ofFigure: true, goalText: fmt.Sprintf("≤%g %s", goal, unit)}
	}
	return []row{
		most("page, first paint", median(painted.paint), "ms", 300),
		most("page, all it loads", median(painted.bytes)/1000, "KB", 150),
		{name: fmt.Sprintf("page, charts of %d rows", pageRows), figure: median(painted.charts), unit: "ms"},
		{name: "page, an hour of them as bytes", figure: size, unit: "B"},
		{name: "page, an hour of them asked for", figure: took, unit: "ms"},
	}, nil
}

// paintings are what paint.mjs measured, run by run.
type paintings struct{ paint, charts, bytes []float64 }

// paint opens the page in a browser.
func paint(ctx context.Context, url string, runs int) (paintings, error) {
	cmd := exec.CommandContext(ctx, "node", "paint.mjs", fmt.Sprint(runs)) //nolint:gosec // our own script
	cmd.Env = append(os.Environ(), "PAGE="+url)                            // it holds a secret, and everybody may read arguments
	cmd.Dir, cmd.Stderr = "internal/watch/e2e", os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return paintings{}, fmt.Errorf("drive the browser: %w; it needs chromium, and npm ci in internal/watch/e2e", err)
	}
	var results []struct{ Paint, Charts, Bytes float64 }
	if err := json.Unmarshal(said, &results); err != nil {
		return paintings{}, err
	}
	var p paintings
	for _, r := range results {
		p.paint, p.charts, p.bytes = append(p.paint, r.Paint), append(p.charts, r.Charts), append(p.bytes, r.Bytes)
	}
	return p, nil
}

// firstSeries returns the bytes of the first series that the page is sent, and after
// how many milliseconds it came.
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
	return 0, 0, fmt.Errorf("no series came: %w", lines.Err())
}
