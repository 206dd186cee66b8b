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

// TestTypedViewHasEveryField checks that the typed view has one column for each field of
// a record, and no other columns except the metadata of the record.
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
	var session map[string]string
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
