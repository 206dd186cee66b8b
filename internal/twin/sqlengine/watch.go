package sqlengine

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// refreshDelay is the time from a signal for new records to the automatic refresh,
	// so that one refresh reads records that are put at nearly the same time.
	refreshDelay = 100 * time.Millisecond
	// maxBackoff is the longest additional wait after failed refreshes. After the first
	// failure it is a second, and it doubles with each further failure.
	maxBackoff = 30 * time.Second
)

// watcher runs the automatic refreshes of one view.
type watcher struct {
	cancel context.CancelFunc
	resume chan struct{} // receives a value when the cluster resumes
	done   chan struct{} // closed when the watcher has ended
}

// watch starts the automatic refreshes of a view. If they run already, it does nothing.
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

// unwatch ends the automatic refreshes of a view. It waits until a running refresh has
// ended.
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

// resume starts a refresh of each view that has automatic refreshes.
func (d *database) resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.watchers {
		select {
		case w.resume <- struct{}{}:
		default: // the channel has a value already
		}
	}
}

// stopAll ends the automatic refreshes of all views. None can be started afterwards.
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

// follow refreshes a view once, and then after each value from changed or resume, until ctx
// ends. After a failure it also waits for such a value, and then for the backoff.
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
				changed = nil // the stream was deleted
			}
		case <-resume:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(refreshDelay + backoff):
		}
	}
}

// autoRefresh refreshes a view once. If the cluster is paused, it does nothing.
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
