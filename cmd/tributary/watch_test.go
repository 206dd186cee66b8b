package main

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/watch"
)

func TestWatchOptions(t *testing.T) {
	t.Parallel()
	lab := watch.Options{View: "ev_station_data_extract", Sum: "kwhdelivered", SumLabel: "Energy, kWh", Distinct: "userid", DistinctLabel: "Users"}
	tests := map[string]struct {
		command watchCmd
		want    watch.Options
	}{
		"the lab's view":        {watchCmd{View: labView}, lab},
		"its columns by choice": {watchCmd{View: labView, Sum: "stationid"}, watch.Options{View: labView, Sum: "stationid"}},
		"another view":          {watchCmd{View: "web.clicks", Time: "at"}, watch.Options{View: "web.clicks", Time: "at"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.command.options()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWatchTellsEveryProblem(t *testing.T) {
	t.Parallel()
	err := (&watchCmd{View: "a b", Port: 70000, where: where{Cluster: "c"}}).Validate()
	want := `--view: "a b" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $
--port: 0 to 65535, got 70000
--database: required with --cluster or --workgroup`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}
