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
	got := []Spread{week[time.Sunday][12], week[time.Wednesday][9], week[time.Wednesday][18], week[time.Monday][0], week[time.Tuesday][0]}
	want := []Spread{{100, 10}, {500, 50}, {100, 10}, {5, 0}, {100, 10}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBadWeeks(t *testing.T) {
	t.Parallel()
	const span = `a weekday such as Mon or an hour from 0 to 23, a span such as Mon-Fri, or *, got `
	tests := map[string]struct{ text, want string }{
		"all at once":    {"Mon,9,1,2\nMoon,24,-1,x", "line 2: " + span + `"Moon"` + "\n" + span + `"24"` + "\nmean: 0 or more, got \"-1\"\ndeviation: 0 or more, got \"x\""},
		"fields":         {"Mon,9,1", "record on line 1: wrong number of fields"},
		"nothing is due": {"*,*,0,0", "nothing is ever due; write a line such as *,*,100,10"},
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
