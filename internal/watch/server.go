package watch

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// assets are the files of the page. They refer to no other site.
//
//go:embed assets
var assets embed.FS

// Server serves the page.
type Server struct {
	view     view
	querier  *querier
	token    string
	listener net.Listener
	http     *http.Server
}

// Listen returns a server on 127.0.0.1 at the given port; port 0 means any free port.
// Everybody who knows the page's URL can see what runner may read. Nobody else can.
func Listen(ctx context.Context, port int, o Options, runner *dataapi.Runner) (*Server, error) {
	v, err := o.parse()
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("--port: %w; stop the process that uses the port, or choose another", err)
	}
	s := &Server{view: v, querier: newQuerier(runner), token: rand.Text(), listener: listener}
	s.http = &http.Server{Handler: s.guard(s.routes()), ReadHeaderTimeout: 5 * time.Second}
	return s, nil
}

// URL returns the URL of the page, with the secret that gives access.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" + s.token + "/" }

// Serve serves requests until ctx ends, and then returns nil.
func (s *Server) Serve(ctx context.Context) error {
	s.http.BaseContext = func(net.Listener) context.Context { return ctx } // ends the feeds
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if s.http.Shutdown(shutdown) != nil {
		_ = s.http.Close() // closes the remaining connections
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) routes() http.Handler {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // the directory is always embedded
	}
	mux := http.NewServeMux()
	base := "/" + s.token
	mux.HandleFunc("GET "+base+"/events", s.events)
	mux.Handle("GET "+base+"/", http.StripPrefix(base, http.FileServerFS(files)))
	return mux
}

// guard refuses requests that the page itself does not send: requests with another host
// name, which may be a DNS rebinding attack, and requests of other sites' scripts. It
// also sets headers that forbid the page to load anything from other sites.
func (s *Server) guard(next http.Handler) http.Handler {
	own := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(own) // the address of a listener is valid
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Host != own && r.Host != "localhost:"+port {
			http.Error(w, "wrong host name; use the URL that tributary watch has printed", http.StatusMisdirectedRequest)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, "requests from other sites are not allowed", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// events sends the server-sent events for one open page.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	c, err := parseChoice(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	f := &feed{querier: s.querier, view: s.view, choice: c, send: func(event string, data any) error {
		text, err := json.Marshal(data)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text); err != nil {
			return err
		}
		return out.Flush()
	}}
	if err := f.send("view", map[string]string{"view": s.view.options.View}); err == nil {
		_ = f.run(r.Context()) // returns when the page is closed or the server stops
	}
}

// Bytes returns the size in bytes of the page and of all files that it loads.
func Bytes() (int64, error) {
	var total int64
	err := fs.WalkDir(assets, "assets", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := assets.Open(path)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, f)
		total += n
		return err
	})
	return total, err
}
