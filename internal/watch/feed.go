package watch

import (
	"context"
	"fmt"
	"time"
)

// How often a feed queries the warehouse.
const (
	// After a round of queries, a feed rests restRatio times as long as the round took,
	// and at least minRest. So one page keeps the warehouse busy for at most a third of
	// the time.
	restRatio = 2
	minRest   = 250 * time.Millisecond

	listsInterval     = 2 * time.Second  // shortest time between two updates of the lists while rows arrive
	idleListsInterval = 15 * time.Second // time between two updates of the lists while no rows arrive
	firstBackoff      = time.Second      // rest after the first error; it doubles with each further error
	maxBackoff        = 5 * time.Second  // longest rest after an error
)

// feed sends the events of one view to one open page.
type feed struct {
	querier *querier
	view    view
	choice  choice
	send    func(event string, data any) error // an error ends the feed

	resolved   *resolvedView // nil until the view's columns are known
	countSince string        // arrivals are counted from this time on; "" counts all rows
	last       arrivals      // the result of the last arrivals query
	listsAt    time.Time     // when the lists were last sent
	listsStale bool          // whether rows have arrived since the lists were last sent
}

// arrivals is the result of the arrivals query, and the data of the event "arrivals".
type arrivals struct {
	Count       string  `json:"-"`      // number of rows since feed.countSince; "" if not counted since then
	Newest      *string `json:"newest"` // when the newest row arrived, UTC; nil if the view is empty
	Now         string  `json:"now"`    // the warehouse's current time, UTC
	LastMinute  string  `json:"minute"` // number of rows that arrived in the last minute; "" if the view is empty
	WindowBegin string  `json:"-"`      // when the chosen window begins, UTC
}

// run queries the warehouse and sends events until ctx ends or the page's connection is
// closed. It returns the reason.
func (f *feed) run(ctx context.Context) error {
	backoff := firstBackoff
	for {
		began := time.Now()
		err := f.round(ctx)
		rest := max(minRest, restRatio*time.Since(began))
		sendErr, unsent := err.(*sendError) //nolint:errorlint // sendEvent does not wrap it
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case unsent:
			return sendErr.err
		case err != nil:
			f.resolved, f.countSince, f.last = nil, "", arrivals{} // the view may have been replaced when the warehouse responds again
			if err := f.send("problem", problemOf(err, f.view.options.View)); err != nil {
				return err
			}
			rest, backoff = backoff, min(2*backoff, maxBackoff)
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

// round queries whether rows have arrived, and sends the events whose data has changed.
func (f *feed) round(ctx context.Context) error {
	first := f.resolved == nil
	if first {
		if err := f.resolve(ctx); err != nil {
			return err
		}
	}
	now, err := f.arrivals(ctx)
	if err != nil {
		return err
	}
	changed := first || deref(now.Newest) != deref(f.last.Newest) || f.last.Count != "" && now.Count != f.last.Count
	f.last = now
	interval := idleListsInterval
	if f.listsStale = f.listsStale || changed; f.listsStale {
		interval = listsInterval
	}
	listsDue := first || time.Since(f.listsAt) >= interval
	if changed || listsDue {
		if err := f.sendSeries(ctx); err != nil {
			return err
		}
		f.countFromNewest()
	}
	if err := f.sendEvent("arrivals", now); err != nil {
		return err
	}
	if !listsDue {
		return nil
	}
	return f.sendLists(ctx)
}

// resolve queries the view's columns, and when its newest row arrived.
func (f *feed) resolve(ctx context.Context) error {
	r, err := f.querier.query(ctx, f.view.describe())
	if err != nil {
		return err
	}
	resolved, err := resolve(f.view, r.columns)
	if err != nil {
		return wrongOptions{err}
	}
	if r, err = f.querier.query(ctx, resolved.newestArrival()); err != nil {
		return err
	}
	if len(r.rows) == 1 && len(r.rows[0]) == 1 {
		f.countSince = deref(r.rows[0][0])
	}
	f.resolved = &resolved
	return nil
}

func (f *feed) arrivals(ctx context.Context) (arrivals, error) {
	r, err := f.querier.query(ctx, f.resolved.arrivals(f.choice, f.countSince))
	if err != nil {
		return arrivals{}, err
	}
	if len(r.rows) != 1 || len(r.rows[0]) != 5 {
		return arrivals{}, fmt.Errorf("arrivals of %s: needs 1 row of 5 values, got %d rows", f.view.options.View, len(r.rows))
	}
	row := r.rows[0]
	return arrivals{deref(row[0]), row[1], deref(row[2]), deref(row[3]), deref(row[4])}, nil
}

// countFromNewest makes the next arrivals query count from the newest row on, so that it
// need not read older rows.
func (f *feed) countFromNewest() {
	if newest := deref(f.last.Newest); f.countSince != newest {
		f.countSince, f.last.Count = newest, ""
	}
}

// sendSeries sends the points of the charts.
func (f *feed) sendSeries(ctx context.Context) error {
	r, err := f.querier.query(ctx, f.resolved.series(f.choice, f.last.WindowBegin))
	if err != nil {
		return err
	}
	return f.sendEvent("series", seriesOf(*f.resolved, f.choice, r))
}

// sendLists sends the lists below the charts.
func (f *feed) sendLists(ctx context.Context) error {
	f.listsAt, f.listsStale = time.Now(), false
	l, err := queryLists(ctx, f.querier, *f.resolved, f.last.WindowBegin)
	if err != nil {
		return err
	}
	return f.sendEvent("lists", l)
}

// sendError is an error of the connection to the page, not of the warehouse.
type sendError struct{ err error }

func (e *sendError) Error() string { return e.err.Error() }

// sendEvent sends an event to the page. Its error is a *sendError.
func (f *feed) sendEvent(event string, data any) error {
	if err := f.send(event, data); err != nil {
		return &sendError{err}
	}
	return nil
}

// deref returns the string that s points to; "" if s is nil.
func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
