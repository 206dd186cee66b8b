package plot_test

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/plot"
)

func ExampleWrite() {
	_ = plot.Write(os.Stdout, []string{"22:39", "22:40", "22:41", "22:42", "22:43", "22:44"}, []plot.Series{
		{Name: "energy", Values: []float64{120, 480.5, 960, 1201, math.NaN(), 15}},
	}, plot.Options{Width: 34})
	// Output:
	// energy  largest 1201, newest 15
	// 1.2k │            ███
	//      │        ▆▆▆ ███
	//      │        ███ ███
	//      │    ▃▃▃ ███ ███
	//      │    ███ ███ ███
	//    0 │▅▅▅ ███ ███ ███     ▁▁▁
	//      └────────────────────────
	//       22:39              22:44
}

func TestWrite(t *testing.T) {
	t.Parallel()
	many := make([]float64, 1000)
	labels := make([]string, 1000)
	for i := range many {
		many[i], labels[i] = float64(i), "row"
	}
	tests := map[string]struct {
		labels []string
		series []plot.Series
		width  int
		color  bool
		want   string // a part of the output
	}{
		"more points than columns": {labels, []plot.Series{{Name: "n", Values: many}}, 60, false, "each bar: largest of 19 values"},
		"width less than MinWidth": {labels, []plot.Series{{Name: "n", Values: many}}, 5, false, "largest of 40 values"},
		"only zeros":               {[]string{"a"}, []plot.Series{{Name: "n", Values: []float64{0}}}, 40, false, "n  largest 0, newest 0"},
		"negative value":           {[]string{"a"}, []plot.Series{{Name: "n", Values: []float64{-4}}}, 40, false, "n  largest 0, newest -4"},
		"no points":                {nil, []plot.Series{{Name: "n"}}, 40, false, "n\n"},
		"color":                    {[]string{"a"}, []plot.Series{{Name: "n", Values: []float64{1}}}, 40, true, "\x1b[1mn\x1b[0m"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := plot.Write(&b, test.labels, test.series, plot.Options{Width: test.width, Color: test.color}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), test.want) {
				t.Errorf("want %q in\n%s", test.want, b.String())
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if n := utf8.RuneCountInString(line); !test.color && n > max(test.width, plot.MinWidth, 40) {
					t.Errorf("line is too wide, %d columns: %s", n, line)
				}
			}
		})
	}
}

func TestSmallValueIsVisible(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := plot.Write(&b, nil, []plot.Series{{Name: "n", Values: []float64{1, 1e9}}}, plot.Options{Width: 40}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(1, strings.Count(b.String(), "▁▁▁")); diff != "" {
		t.Errorf("number of lowest bars (-want +got):\n%s\n%s", diff, b.String())
	}
}

// fullDisk is a writer that always fails.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteReturnsTheWritersError(t *testing.T) {
	t.Parallel()
	if err := plot.Write(fullDisk{}, nil, []plot.Series{{Name: "n"}}, plot.Options{}); err == nil || err.Error() != "disk full" {
		t.Errorf("want disk full, got %v", err)
	}
}
