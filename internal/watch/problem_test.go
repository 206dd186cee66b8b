package watch

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	failed := func(reason string) error {
		return fmt.Errorf("wrapped: %w", &dataapi.StatementError{Name: "watch-series", Reason: reason})
	}
	invalid := func(message string) error {
		return fmt.Errorf("watch-series: %w", &types.ValidationException{Message: &message})
	}
	tests := map[string]struct {
		err  error
		want string
	}{
		"paused":            {invalid("Redshift cluster c is paused."), "The warehouse is paused."},
		"resuming":          {invalid("Cluster c is resuming."), "The warehouse isn't available yet."},
		"no warehouse":      {invalid("Redshift endpoint doesn't exist in this region."), "The warehouse does not exist."},
		"offline":           {fmt.Errorf("watch-series: %w", syscall.ECONNREFUSED), "The warehouse can't be reached."},
		"timeout":           {context.DeadlineExceeded, "The query takes too long."},
		"no view":           {failed(`ERROR: relation "public.v" does not exist`), "There is no view v yet."},
		"no permission":     {failed("ERROR: permission denied for relation v"), "You may not read the view."},
		"wrong options":     {wrongOptions{errors.New("--sum: x")}, "The page can't show these columns."},
		"unknown time zone": {failed(`ERROR: time zone "Mars/Olympus" not recognized`), "The warehouse doesn't know this time zone."},
		"other error":       {failed("ERROR: division by zero"), "The query failed."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := problemOf(test.err, "v")
			if got.What != test.want || got.Remedy == "" || got.Detail == "" {
				t.Errorf("want %q, got %+v", test.want, got)
			}
		})
	}
}
