//go:build browser

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/watch"
)

// labPage are the options that tributary watch uses for the lab by default.
var labPage = watch.Options{
	View: lab.TypedView, Sum: lab.EnergyColumn, SumLabel: "Energy, kWh", Distinct: lab.UserColumn, DistinctLabel: "Users",
}

// TestPage runs page.mjs, which drives the page in a browser. The script sends HTTP
// requests to this process to put records, run SQL, and pause and resume the warehouse.
func TestPage(t *testing.T) { //nolint:paralleltest // one browser at a time
	w, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	control := httptest.NewServer(controls(t.Context(), w))
	t.Cleanup(control.Close)
	urls := map[string]string{
		"lab":   serve(t, w, labPage),
		"super": serve(t, w, watch.Options{View: "ev_station_data", Sum: "payload.kWhDelivered", Distinct: "payload.userID"}),
		"wrong": serve(t, w, watch.Options{View: "ev_station_data_extract", Sum: "price", Time: "clusterid.x"}),
	}
	text, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	browser := exec.CommandContext(t.Context(), "node", "page.mjs")
	browser.Env = append(os.Environ(), "CONTROL="+control.URL, "PAGES="+string(text))
	output, err := browser.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Error(err)
	}
}

// serve serves the page until the test ends.
func serve(t *testing.T, w *World, o watch.Options) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	server, err := watch.Listen(ctx, 0, o, w.Runner)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server.URL()
}

// controls returns the handler for the requests of page.mjs.
func controls(ctx context.Context, w *World) http.Handler {
	mux := http.NewServeMux()
	handle := func(path string, do func(r *http.Request) (string, error)) {
		mux.HandleFunc("GET "+path, func(out http.ResponseWriter, r *http.Request) {
			text, err := do(r)
			if err != nil {
				http.Error(out, err.Error(), http.StatusInternalServerError)
				return
			}
			_, _ = fmt.Fprint(out, text)
		})
	}
	handle("/views", func(*http.Request) (string, error) { return "", w.CreateViews(ctx) })
	handle("/pause", func(*http.Request) (string, error) { w.Paused.Store(true); return "", nil })
	handle("/resume", func(*http.Request) (string, error) { w.Paused.Store(false); return "", nil })
	handle("/query", func(r *http.Request) (string, error) { return w.Query(ctx, r.URL.Query().Get("sql")) })
	handle("/bad", func(*http.Request) (string, error) {
		return "", w.Put(ctx, `<not JSON>`, `{"_id":"x","kWhDelivered":"plenty","userID":"7"}`, "\xff\xfe\x00")
	})
	var next atomic.Int64
	handle("/put", func(r *http.Request) (string, error) {
		var n int
		if _, err := fmt.Sscan(r.URL.Query().Get("n"), &n); err != nil {
			return "", err
		}
		records := make([]string, n)
		for i := range records {
			id := int(next.Add(1))
			records[i] = Session(id, time.Now(), 40+30*math.Sin(float64(id)/40))
		}
		return "", w.Put(ctx, records...)
	})
	return mux
}
