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

// assets are the page. They name nothing that lies elsewhere.
//
//go:embed assets
var assets embed.FS

// Server serves the page.
type Server struct {
	view     view
	asker    *asker
	token    string
	listener net.Listener
	http     *http.Server
}

// Listen makes a server on 127.0.0.1 at a port, or a free one for 0. What runner
// may do, whoever knows the page's URL may see; nobody else can reach it.
func Listen(ctx context.Context, port int, o Options, runner *dataapi.Runner) (*Server, error) {
	v, err := o.parse()
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("--port: %w; end what uses it, or choose another", err)
	}
	s := &Server{view: v, asker: newAsker(runner), token: rand.Text(), listener: listener}
	s.http = &http.Server{Handler: s.guard(s.routes()), ReadHeaderTimeout: 5 * time.Second}
	return s, nil
}

// URL returns where the page is. It holds the secret by which it is reached.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" + s.token + "/" }

// Serve serves until ctx ends, and then returns nil.
func (s *Server) Serve(ctx context.Context) error {
	s.http.BaseContext = func(net.Listener) context.Context { return ctx } // ends the feeds
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if s.http.Shutdown(rest) != nil {
		_ = s.http.Close() // whoever still reads is cut off
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) routes() http.Handler {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	mux := http.NewServeMux()
	base := "/" + s.token
	mux.HandleFunc("GET "+base+"/events", s.events)
	mux.Handle("GET "+base+"/", http.StripPrefix(base, http.FileServerFS(files)))
	return mux
}

// guard lets in only what the page itself asks for: a name that was made to lead
// here, or another site's script, is turned away. It also forbids the page
// anything from elsewhere.
func (s *Server) guard(next http.Handler) http.Handler {
	own := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(own) // it is an address
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Host != own && r.Host != "localhost:"+port {
			http.Error(w, "this page is at 127.0.0.1 only", http.StatusMisdirectedRequest)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, "this page answers no other site", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// events streams to one open page what it asked for.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	c, err := parseChoice(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	f := &feed{asker: s.asker, view: s.view, choice: c, send: func(event string, data any) error {
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
		_ = f.run(r.Context()) // the page has gone, or the server ends
	}
}

// Bytes returns how many bytes the page and all that it loads have.
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
