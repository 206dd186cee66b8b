package sqlengine

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// settle is how long an automatic refresh waits after a signal, so that
	// records put together are refreshed together.
	settle = 100 * time.Millisecond
	// maxBackoff bounds the wait after failures in a row, which begins at a
	// second and doubles.
	maxBackoff = 30 * time.Second
)

// watcher refreshes one view whenever its stream gets records.
type watcher struct {
	cancel context.CancelFunc
	resume chan struct{} // signals that the cluster is no longer paused
	done   chan struct{} // closed when the watcher has ended
}

// watch begins the automatic refreshes of a view, if they haven't begun.
func (d *database) watch(v *view) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped || d.watchers[v.oid] != nil {
		return
	}
	ctx, cancel := context.WithCancel(d.cluster.ctx)
	w := &watcher{cancel: cancel, resume: make(chan struct{}, 1), done: make(chan struct{})}
	d.watchers[v.oid] = w
	changed, stop := d.engine.streams.Subscribe(v.stream)
	go func() {
		defer close(w.done)
		defer stop()
		d.follow(ctx, v, changed, w.resume)
	}()
}

// unwatch ends the automatic refreshes of a view and waits for the one that is
// running.
func (d *database) unwatch(oid uint32) {
	d.mu.Lock()
	w := d.watchers[oid]
	delete(d.watchers, oid)
	d.mu.Unlock()
	if w != nil {
		w.cancel()
		<-w.done
	}
}

// resume has every automatic refresh run at once.
func (d *database) resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.watchers {
		select {
		case w.resume <- struct{}{}:
		default: // signalled already
		}
	}
}

// stopAll ends every automatic refresh for good.
func (d *database) stopAll() {
	d.mu.Lock()
	d.stopped = true
	var oids []uint32
	for oid := range d.watchers {
		oids = append(oids, oid)
	}
	d.mu.Unlock()
	for _, oid := range oids {
		d.unwatch(oid)
	}
}

// follow refreshes once, and then whenever changed signals, until ctx ends.
// After a failure it waits for new records, and longer each time.
func (d *database) follow(ctx context.Context, v *view, changed, resume <-chan struct{}) {
	backoff := time.Duration(0)
	for {
		if err := d.autoRefresh(ctx, v); err != nil && ctx.Err() == nil {
			backoff = min(max(2*backoff, time.Second), maxBackoff)
			d.engine.log.WarnContext(ctx, "automatic refresh", "view", v.table(), "retry after", backoff, "error", err)
		} else {
			backoff = 0
		}
		select {
		case <-ctx.Done():
			return
		case _, open := <-changed:
			if !open {
				changed = nil // the stream is gone: nothing more to follow
			}
		case <-resume:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(settle + backoff):
		}
	}
}

// autoRefresh refreshes the view once, unless the cluster is paused.
func (d *database) autoRefresh(ctx context.Context, v *view) error {
	d.engine.mu.Lock()
	paused := d.cluster.Paused
	d.engine.mu.Unlock()
	if paused {
		return nil
	}
	return d.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		s := &session{db: d, conn: c.Conn(), user: d.cluster.AdminUser, queryID: d.engine.queries.Add(1)}
		return s.refresh(ctx, v, automatic)
	})
}
