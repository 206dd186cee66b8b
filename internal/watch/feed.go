package watch

import (
	"context"
	"fmt"
	"time"
)

// How often a feed asks.
const (
	restAfterAnswer = 250 * time.Millisecond // at least; see restRatio
	// restRatio times as long as its questions took does a feed rest, so that a
	// page never keeps a warehouse busy for more than a third of the time.
	restRatio      = 2
	detailInterval = 2 * time.Second  // between two looks at rows, rejected records and refreshes
	idleInterval   = 15 * time.Second // between two such looks while no row comes
	firstBackoff   = time.Second
	longestBackoff = 5 * time.Second
)

// feed follows one view for one open page.
type feed struct {
	asker  *asker
	view   view
	choice choice
	send   func(event string, data any) error // its error ends the feed

	shape   shape
	known   bool      // whether shape is
	since   string    // from when on the marker counts
	last    newest    // what the last marker was
	details time.Time // when they were sent last
	stale   bool      // whether rows have come since
}

// uncounted stands for the number of rows since a time from which none has counted
// yet.
const uncounted = ""

// newest is a marker's answer, and what the page's clock goes by.
type newest struct {
	Rows   string  `json:"-"`
	Newest *string `json:"newest"` // when the newest row arrived, UTC; nil without rows
	Now    string  `json:"now"`    // the warehouse's time, UTC
	Minute string  `json:"minute"` // how many rows arrived in the minute before; empty for none
	Begin  string  `json:"-"`      // when the window begins, UTC
}

// run asks and sends until ctx ends, or the page no longer listens.
func (f *feed) run(ctx context.Context) error {
	backoff := firstBackoff
	for {
		began := time.Now()
		err := f.round(ctx)
		var gone *unsent
		rest := max(restAfterAnswer, restRatio*time.Since(began))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case isUnsent(err, &gone):
			return gone.err
		case err != nil:
			f.known, f.since, f.last = false, "", newest{} // all of it may be different afterwards
			if err := f.send("trouble", troubleOf(err, f.view.options.View)); err != nil {
				return err
			}
			rest, backoff = backoff, min(2*backoff, longestBackoff)
		default:
			backoff = firstBackoff
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
	}
}

// round asks whether rows have come, and for what has changed if so.
func (f *feed) round(ctx context.Context) error {
	first := !f.known
	if first {
		if err := f.learn(ctx); err != nil {
			return err
		}
	}
	now, err := f.newest(ctx)
	if err != nil {
		return err
	}
	came := first || deref(now.Newest) != deref(f.last.Newest) || f.last.Rows != uncounted && now.Rows != f.last.Rows
	f.last = now
	interval := idleInterval
	if f.stale = f.stale || came; f.stale {
		interval = detailInterval
	}
	due := first || time.Since(f.details) >= interval
	if came || due {
		if err := f.series(ctx); err != nil {
			return err
		}
		f.advance()
	}
	if err := f.deliver("pulse", now); err != nil {
		return err
	}
	if !due {
		return nil
	}
	return f.detail(ctx)
}

// learn asks for the view's columns, and when its newest row arrived.
func (f *feed) learn(ctx context.Context) error {
	r, err := f.asker.ask(ctx, f.view.describe())
	if err != nil {
		return err
	}
	if f.shape, err = shapeOf(f.view, r.columns); err != nil {
		return misnamed{err}
	}
	if r, err = f.asker.ask(ctx, f.shape.newest()); err != nil {
		return err
	}
	if len(r.rows) == 1 && len(r.rows[0]) == 1 {
		f.since = deref(r.rows[0][0])
	}
	f.known = true
	return nil
}

func (f *feed) newest(ctx context.Context) (newest, error) {
	r, err := f.asker.ask(ctx, f.shape.marker(f.choice, f.since))
	if err != nil {
		return newest{}, err
	}
	if len(r.rows) != 1 || len(r.rows[0]) != 5 {
		return newest{}, fmt.Errorf("the newest rows of %s: 1 row of 5 values expected, got %d rows", f.view.options.View, len(r.rows))
	}
	row := r.rows[0]
	return newest{deref(row[0]), row[1], deref(row[2]), deref(row[3]), deref(row[4])}, nil
}

// advance lets the next marker count from about the newest row on, so that it need
// not read what is older.
func (f *feed) advance() {
	if newest := deref(f.last.Newest); f.since != newest {
		f.since, f.last.Rows = newest, uncounted
	}
}

func (f *feed) series(ctx context.Context) error {
	r, err := f.asker.ask(ctx, f.shape.series(f.choice, f.last.Begin))
	if err != nil {
		return err
	}
	return f.deliver("series", seriesOf(f.shape, f.choice, r))
}

// detail sends the lists below the charts.
func (f *feed) detail(ctx context.Context) error {
	f.details, f.stale = time.Now(), false
	d, err := details(ctx, f.asker, f.shape, f.last.Begin)
	if err != nil {
		return err
	}
	return f.deliver("details", d)
}

// unsent is an error of the page's connection, not of the warehouse.
type unsent struct{ err error }

func (u *unsent) Error() string { return u.err.Error() }

func isUnsent(err error, target **unsent) bool {
	u, ok := err.(*unsent) //nolint:errorlint // deliver returns it bare
	*target = u
	return ok
}

func (f *feed) deliver(event string, data any) error {
	if err := f.send(event, data); err != nil {
		return &unsent{err}
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
