package produce

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadWeek(t *testing.T) {
	t.Parallel()
	week, err := ReadWeek(strings.NewReader("weekday,hour,mean,deviation\n*,*,100,10\n# office hours\nmon-Fri, 9-17, 500, 50\nSat-Mon,23-1,5,0\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := []Distribution{week[time.Sunday][12], week[time.Wednesday][9], week[time.Wednesday][18], week[time.Monday][0], week[time.Tuesday][0]}
	want := []Distribution{{100, 10}, {500, 50}, {100, 10}, {5, 0}, {100, 10}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadWeekReportsErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"several": {"Mon,9,1,2\nMoon,24,-1,x", "line 2: weekday: needs one such as Mon, a range such as Mon-Fri, or *; got \"Moon\"\n" +
			"hour: needs 0 to 23, a range such as 9-17, or *; got \"24\"\nmean: needs 0 or more, got \"-1\"\ndeviation: needs 0 or more, got \"x\""},
		"missing field": {"Mon,9,1", "record on line 1: wrong number of fields"},
		"only zeros":    {"*,*,0,0", "no record is ever due, because every mean and deviation is 0; write a line such as *,*,100,10"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadWeek(strings.NewReader(test.text))
			if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
