package lab_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

// TestTypedViewHasEveryField holds that the typed view has a column for each field of a
// record, and no other ones but those that tell how the record came.
func TestTypedViewHasEveryField(t *testing.T) {
	t.Parallel()
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		t.Fatal(err)
	}
	text, err := record.NewGenerator(template, 1).Append(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var session map[string]string // all of the lab's values are strings
	if err := json.Unmarshal(text, &session); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for field := range session {
		want = append(want, field)
	}
	for _, view := range lab.Views() {
		for _, column := range view.Columns {
			if view.Name == lab.TypedView && len(column.Path) > 0 {
				got = append(got, strings.Join(column.Path, "."))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
