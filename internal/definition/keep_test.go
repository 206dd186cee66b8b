package definition_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

func TestKeptTableCheck(t *testing.T) {
	t.Parallel()
	d := view(t, func(*ddl.View) {})
	for name, test := range map[string]struct {
		before, after [][]string
		want          string
	}{
		"same number of rows": {[][]string{{"3"}}, [][]string{{"3"}}, ""},
		"refresh added rows":  {[][]string{{"3"}}, [][]string{{"5"}}, ""},
		"no rows":             {[][]string{{"0"}}, [][]string{{"0"}}, ""},
		"rows are missing":    {[][]string{{"3"}}, [][]string{{"2"}}, `view "public"."v" had 3 rows, but the table "public"."v_until_20261122t120000" has only 2; the view was not dropped, and the rows that were moved are in the table`},
		"no result before":    {nil, [][]string{{"2"}}, `count the rows of view "public"."v": needs one row with one value, got []`},
		"two values after":    {[][]string{{"3"}}, [][]string{{"1", "2"}}, `count the rows of the table "public"."v_until_20261122t120000": needs one row with one value, got [["1" "2"]]`},
		"not a number":        {[][]string{{"3"}}, [][]string{{"many"}}, `count the rows of the table "public"."v_until_20261122t120000": strconv.ParseInt: parsing "many": invalid syntax`},
		"more than 32 bits":   {[][]string{{"5000000000"}}, [][]string{{"5000000000"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := d.KeptTable(noon).Check(test.before, test.after); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKeptTableHasTheViewsDistribution checks that the kept table is created with the
// distribution style of the view, for each style that a view can have. ALTER TABLE APPEND
// requires equal styles, and CREATE TABLE AS would choose one by itself.
func TestKeptTableHasTheViewsDistribution(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"none": " DISTSTYLE EVEN AS", "EVEN": " DISTSTYLE EVEN AS", "ALL": " DISTSTYLE ALL AS", "AUTO": " DISTSTYLE AUTO AS",
		"key": ` DISTKEY("a") AS`,
	}
	got := map[string]string{}
	for name := range want {
		old := view(t, func(v *ddl.View) {
			switch name {
			case "none":
			case "key":
				v.DistKey = "a"
			default:
				v.DistStyle = name
			}
		})
		plan, err := view(t, func(v *ddl.View) { v.Columns[0].Type = "BIGINT" }).Replace(old, noon)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range plan {
			if rest, ok := strings.CutPrefix(s.SQL, `CREATE TABLE "public"."v_until_20261122t120000"`); ok {
				got[name] = rest[:strings.Index(rest, "AS")+2]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("styles (-want +got):\n%s", diff)
	}
}
