package watch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// sentEvent is the name of an event, and how long after the feed's start it was sent.
type sentEvent struct {
	After time.Duration
	Event string
}

// runFeed runs a feed for the given time in a synctest bubble. It calls each of the steps
// at its time after the start, and returns the sent events with the given names.
func runFeed(t *testing.T, api dataapi.API, runFor time.Duration, steps map[time.Duration]func(), events ...string) []sentEvent {
	t.Helper()
	v, err := Options{View: "v"}.parse()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), runFor)
	defer stop()
	start := time.Now()
	for after, step := range steps {
		time.AfterFunc(after, step)
	}
	var sent []sentEvent
	f := &feed{
		querier: newQuerier(&dataapi.Runner{API: api}), view: v, choice: choice{window: windows()[0], group: "second", zone: "UTC"},
		send: func(event string, _ any) error {
			if slices.Contains(events, event) {
				sent = append(sent, sentEvent{time.Since(start), event})
			}
			return nil
		},
	}
	if err := f.run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the context's error, got %v", err)
	}
	return sent
}

// TestQueriesWithoutNewRows counts the statements of 1.2 seconds in which no rows arrive.
func TestQueriesWithoutNewRows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &fakeAPI{rows: 3}
		runFeed(t, api, 1200*time.Millisecond, nil)
		got := map[string]int{}
		for _, sql := range api.statements {
			kind := "other"
			switch {
			case strings.HasPrefix(sql, "SELECT COUNT(*)"):
				kind = "arrivals"
			case strings.Contains(sql, "GROUP BY"):
				kind = "series"
			}
			got[kind]++
		}
		want := map[string]int{"series": 1, "other": 6, "arrivals": 5} // arrivals are queried every 250 ms
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("number of statements (-want +got):\n%s", diff)
		}
	})
}

// TestRestAfterARound checks that a feed rests twice as long as its last round of queries
// took, and at least 250 ms.
func TestRestAfterARound(t *testing.T) {
	t.Parallel()
	type round struct{ Took, Rest time.Duration }
	for name, test := range map[string]struct {
		takes time.Duration // how long a statement runs
		want  []round
	}{
		"slow statements": {
			500 * time.Millisecond,
			[]round{
				{4 * time.Second, 8 * time.Second},        // the first round runs all 8 queries
				{500 * time.Millisecond, 1 * time.Second}, // the other rounds run the arrivals query only
				{500 * time.Millisecond, 1 * time.Second},
			},
		},
		"fast statements": {
			10 * time.Millisecond,
			[]round{
				{80 * time.Millisecond, 250 * time.Millisecond},
				{10 * time.Millisecond, 250 * time.Millisecond},
				{10 * time.Millisecond, 250 * time.Millisecond},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{rows: 3, takes: test.takes}
				runFeed(t, api, 100*test.takes, nil)
				var got []round
				for i, next := range api.spans[1 : len(test.want)+1] {
					got = append(got, round{api.spans[i].end.Sub(api.spans[i].begin), next.begin.Sub(api.spans[i].end)})
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("rounds (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestEventTimes checks how long after a change the page receives an event. The changes
// happen between two arrivals queries, which run every 250 ms.
func TestEventTimes(t *testing.T) {
	t.Parallel()
	paused := &types.ValidationException{Message: aws.String("Redshift cluster c is paused.")}
	tests := map[string]struct {
		steps  func(*fakeAPI) map[time.Duration]func()
		runFor time.Duration
		want   []sentEvent
	}{
		"no rows arrive: lists and series every 15 s": {
			func(*fakeAPI) map[time.Duration]func() { return nil },
			30900 * time.Millisecond,
			[]sentEvent{{0, "series"}, {0, "lists"}, {15 * time.Second, "series"}, {15 * time.Second, "lists"}, {30 * time.Second, "series"}, {30 * time.Second, "lists"}},
		},
		"rows arrive: series at once, lists if they are 2 s old": {
			func(api *fakeAPI) map[time.Duration]func() {
				return map[time.Duration]func(){
					1100 * time.Millisecond: func() { api.set(4, nil) },
					3100 * time.Millisecond: func() { api.set(5, nil) },
				}
			},
			3900 * time.Millisecond,
			[]sentEvent{
				{0, "series"},
				{0, "lists"},
				{1250 * time.Millisecond, "series"},
				{2 * time.Second, "series"},
				{2 * time.Second, "lists"},
				{3250 * time.Millisecond, "series"},
			},
		},
		"warehouse is paused, resumed and paused again: the backoff grows, and then starts again": {
			func(api *fakeAPI) map[time.Duration]func() {
				return map[time.Duration]func(){
					900 * time.Millisecond:   func() { api.set(3, paused) },
					20 * time.Second:         func() { api.set(3, nil) },
					23900 * time.Millisecond: func() { api.set(3, paused) },
				}
			},
			25900 * time.Millisecond,
			[]sentEvent{
				{0, "series"},
				{0, "lists"},
				{1 * time.Second, "problem"},
				{2 * time.Second, "problem"},  // after 1 s
				{4 * time.Second, "problem"},  // after 2 s
				{8 * time.Second, "problem"},  // after 4 s
				{13 * time.Second, "problem"}, // after 5 s, the longest backoff
				{18 * time.Second, "problem"},
				{23 * time.Second, "series"},
				{23 * time.Second, "lists"},
				{24 * time.Second, "problem"},
				{25 * time.Second, "problem"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{rows: 3}
				got := runFeed(t, api, test.runFor, test.steps(api), "series", "lists", "problem")
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				if n := api.concurrent(); n != 1 {
					t.Errorf("want one statement at a time, got %d", n)
				}
			})
		})
	}
}
