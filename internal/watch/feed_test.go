package watch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// moment is an event, and how long after the feed's begin it was sent.
type moment struct {
	After time.Duration
	Event string
}

// feedOn runs a feed on api for a while of a bubble's time, with steps at times after
// its begin, and returns the moments of the named events.
func feedOn(t *testing.T, api dataapi.API, while time.Duration, steps map[time.Duration]func(), events ...string) []moment {
	t.Helper()
	v, err := Options{View: "v"}.parse()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), while)
	defer stop()
	began := time.Now()
	for after, step := range steps {
		time.AfterFunc(after, step)
	}
	var sent []moment
	f := &feed{
		asker: newAsker(&dataapi.Runner{API: api}), view: v, choice: choice{window: windows()[0], group: "second", zone: "UTC"},
		send: func(event string, _ any) error {
			for _, e := range events {
				if e == event {
					sent = append(sent, moment{time.Since(began), event})
				}
			}
			return nil
		},
	}
	if err := f.run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	return sent
}

// TestQuietViewIsAskedLittle counts the statements of 1.2 seconds without new rows.
func TestQuietViewIsAskedLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &fakeAPI{rows: 3}
		feedOn(t, api, 1200*time.Millisecond, nil)
		got := map[string]int{}
		for _, sql := range api.asked {
			kind := "other"
			switch {
			case strings.HasPrefix(sql, "SELECT COUNT(*)"):
				kind = "marker"
			case strings.Contains(sql, "GROUP BY"):
				kind = "series"
			}
			got[kind]++
		}
		want := map[string]int{"series": 1, "other": 6, "marker": 5} // a marker every 250 ms
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}

// TestWhenThePageHears holds how long after something happens the page shows it. What
// happens does so between looks, which are at whole quarters of a second.
func TestWhenThePageHears(t *testing.T) {
	t.Parallel()
	paused := &types.ValidationException{Message: aws.String("Redshift cluster c is paused.")}
	tests := map[string]struct {
		steps func(*fakeAPI) map[time.Duration]func()
		while time.Duration
		want  []moment
	}{
		"no row comes: the lists every 15 s, with the chart as its window moves": {
			func(*fakeAPI) map[time.Duration]func() { return nil },
			30900 * time.Millisecond,
			[]moment{{0, "series"}, {0, "details"}, {15 * time.Second, "series"}, {15 * time.Second, "details"}, {30 * time.Second, "series"}, {30 * time.Second, "details"}},
		},
		"a row comes: the chart at the next look, the lists if they are 2 s old": {
			func(api *fakeAPI) map[time.Duration]func() {
				return map[time.Duration]func(){
					1100 * time.Millisecond: func() { api.set(4, nil) },
					3100 * time.Millisecond: func() { api.set(5, nil) },
				}
			},
			3900 * time.Millisecond,
			[]moment{
				{0, "series"},
				{0, "details"},
				{1250 * time.Millisecond, "series"},
				{2 * time.Second, "series"},
				{2 * time.Second, "details"},
				{3250 * time.Millisecond, "series"},
			},
		},
		"the warehouse pauses: less and less often asked, and from the start again when it is back": {
			func(api *fakeAPI) map[time.Duration]func() {
				return map[time.Duration]func(){
					900 * time.Millisecond:   func() { api.set(3, paused) },
					20 * time.Second:         func() { api.set(3, nil) },
					23900 * time.Millisecond: func() { api.set(3, paused) },
				}
			},
			25900 * time.Millisecond,
			[]moment{
				{0, "series"},
				{0, "details"},
				{1 * time.Second, "trouble"},
				{2 * time.Second, "trouble"},
				{4 * time.Second, "trouble"}, // after 1, 2 and 4 s
				{8 * time.Second, "trouble"},
				{13 * time.Second, "trouble"},
				{18 * time.Second, "trouble"}, // and never more than 5
				{23 * time.Second, "series"},
				{23 * time.Second, "details"},
				{24 * time.Second, "trouble"},
				{25 * time.Second, "trouble"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &fakeAPI{rows: 3}
				got := feedOn(t, api, test.while, test.steps(api), "series", "details", "trouble")
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("heard (-want +got):\n%s", diff)
				}
				if api.most != 1 {
					t.Errorf("%d statements ran at once", api.most)
				}
			})
		})
	}
}
