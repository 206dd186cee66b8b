package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

func TestParseChoice(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ query, want, err string }{
		"defaults":                        {"", "5m second UTC", ""},
		"all parameters":                  {"window=24h&group=minute&zone=America/Argentina/Buenos_Aires", "24h minute America/Argentina/Buenos_Aires", ""},
		"default group of a window":       {"window=30d", "30d day UTC", ""},
		"unknown window and invalid zone": {"window=2h&zone=x'--", "", "window: \"2h\" is unknown; write one of 1m, 5m, 15m, 1h, 6h, 24h, 7d, 30d\nzone: \"x'--\" is not a time zone; write one such as \"Europe/Berlin\""},
		"longest zone name":               {"zone=" + strings.Repeat("z", 64), "5m second " + strings.Repeat("z", 64), ""},
		"zone name is too long": {
			"zone=" + strings.Repeat("z", 65), "", `zone: "` + strings.Repeat("z", 65) + `" is not a time zone; write one such as "Europe/Berlin"`,
		},
		"group not available for the window": {"window=30d&group=second", "", `group: "second" is not available for the window 30d; write one of day, hour`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			c, err := parseChoice(query)
			if got := fmt.Sprint(errors.Join(err)); err != nil && got != test.err || err == nil && test.err != "" {
				t.Errorf("error: want %s, got %v", test.err, err)
			}
			if got := c.window.name + " " + c.group + " " + c.zone; err == nil && got != test.want {
				t.Errorf("choice: want %s, got %s", test.want, got)
			}
		})
	}
}

// TestWindows checks that a window's name says how long it is.
func TestWindows(t *testing.T) {
	t.Parallel()
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	for _, w := range windows() {
		n, err := strconv.Atoi(w.name[:len(w.name)-1])
		want := time.Duration(n) * units[w.name[len(w.name)-1]]
		if got := time.Duration(w.seconds) * time.Second; got != want || err != nil {
			t.Errorf("window %s: want %v, got %v, %v", w.name, want, got, err)
		}
	}
}

// TestPageOffersTheWindows checks that the page's list of windows is the same as the
// server's.
func TestPageOffersTheWindows(t *testing.T) {
	t.Parallel()
	page, err := fs.ReadFile(assets, "assets/index.html")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, m := range regexp.MustCompile(`<option value="(\w+)" data-groups="([^"]+)"( selected)?`).FindAllStringSubmatch(string(page), -1) {
		got = append(got, m[1]+" "+m[2]+m[3])
	}
	for _, w := range windows() {
		line := w.name + " " + strings.Join(w.groups, " ")
		if w.name == defaultWindow {
			line += " selected"
		}
		want = append(want, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
}

func TestPageIsSmallAndLoadsNothingFromOtherSites(t *testing.T) {
	t.Parallel()
	size, err := Bytes()
	if err != nil || size > 150_000 {
		t.Errorf("size: want at most 150,000 bytes, got %d, %v", size, err)
	}
	otherSite := regexp.MustCompile(`(src|href|url\()=?["']?(https?:)?//`)
	for _, name := range []string{"index.html", "watch.js", "watch.css", "uPlot.min.css"} {
		text, err := fs.ReadFile(assets, "assets/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if at := otherSite.Find(text); at != nil {
			t.Errorf("%s refers to another site: %s", name, at)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options Options
		err     string
	}{
		"columns":      {Options{View: "ev_station_data_extract", Sum: "kwhdelivered", Distinct: "userid"}, "<nil>"},
		"SUPER fields": {Options{View: "s.v", Sum: "payload.kWhDelivered", Time: "payload.session.start"}, "<nil>"},
		"all options invalid": {
			Options{View: "a b", Sum: "payload.x'y", Distinct: "table", Time: "a.b.c.d.e.f.g"},
			"--view: \"a b\" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $\n" +
				"--time: \"a.b.c.d.e.f.g\" has 6 levels of nested fields; Redshift allows 5\n" +
				"--sum: \"x'y\" in \"payload.x'y\" is not a valid field name; write letters, digits and _\n" +
				"--distinct: \"table\" is a reserved word of Redshift; write another name, such as \"table_\"",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.err, fmt.Sprint(test.options.Validate())); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func column(name, typeName string) dataapi.Column {
	return dataapi.Column{Name: name, Type: typeName}
}

var labColumns = []dataapi.Column{
	column("approximatearrivaltimestamp", "timestamp"),
	column("kwhdelivered", "numeric"),
	column("connectiontime", "varchar"),
	column("payload", "super"),
	column("failed_payload", "varbyte"),
}

// labView returns a view with the given columns and labColumns.
func labView(t *testing.T, o Options, columns ...dataapi.Column) resolvedView {
	t.Helper()
	v, err := o.parse()
	if err != nil {
		t.Fatal(err)
	}
	s, err := resolve(v, append(columns, labColumns...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeriesSQL(t *testing.T) {
	t.Parallel()
	c := choice{window: windows()[2], group: "minute", zone: "Europe/Berlin"}
	const arrived = `("approximatearrivaltimestamp" AT TIME ZONE 'UTC')`
	const started = `(TRY_CAST(NULLIF("connectiontime", '') AS TIMESTAMP) AT TIME ZONE 'UTC')`
	const group = `SELECT CAST(extract(epoch FROM (date_trunc('minute', %s AT TIME ZONE :zone) AT TIME ZONE :zone)) AS BIGINT), COUNT(*), `
	const failed = `SUM(CASE WHEN failed_payload IS NOT NULL THEN 1 ELSE 0 END)`
	tests := map[string]struct {
		options Options
		want    string
	}{
		"typed columns": {
			Options{View: "v", Sum: "kwhdelivered", Distinct: "connectiontime"},
			fmt.Sprintf(group, arrived) + failed + `, SUM("kwhdelivered"), COUNT(DISTINCT "connectiontime") FROM "public"."v" ` +
				`WHERE "approximatearrivaltimestamp" >= CAST(:begin AS TIMESTAMP) GROUP BY 1 ORDER BY 1`,
		},
		"time in a text column, sum of a SUPER field": {
			Options{View: "s.v", Time: "connectiontime", Sum: "payload.kWhDelivered"},
			fmt.Sprintf(group, started) + failed + `, SUM(TRY_CAST(NULLIF(json_extract_path_text(json_serialize(CASE WHEN json_size("payload") <= 65535 THEN "payload" END), 'kWhDelivered', true), '') AS DECIMAL(38, 4))) FROM "s"."v" ` +
				`WHERE "approximatearrivaltimestamp" >= CAST(:begin AS TIMESTAMP) AND ` + started + ` >= CAST(:begin AS TIMESTAMP) AT TIME ZONE 'UTC' GROUP BY 1 ORDER BY 1`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := labView(t, test.options).series(c, "2026-11-22 22:30:00")
			if diff := cmp.Diff(test.want, got.SQL); diff != "" {
				t.Errorf("SQL (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]string{"zone": "Europe/Berlin", "begin": "2026-11-22 22:30:00"}, got.Parameters); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolveReturnsAllProblems(t *testing.T) {
	t.Parallel()
	v, err := Options{View: "v", Time: "gone", Sum: "payload", Distinct: "name.first"}.parse()
	if err != nil {
		t.Fatal(err)
	}
	_, err = resolve(v, []dataapi.Column{column("name", "varchar"), column("payload", "super")})
	want := `v has no column with the time at which a row arrived; add one, such as approximate_arrival_timestamp
--time: v has no column "gone"; it has name, payload
--sum: the column "payload" has type SUPER; write one of its fields, such as payload.price
--distinct: the column "name" has type varchar and has no fields; only SUPER columns have fields`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestArrivalColumn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		columns []dataapi.Column
		want    string
	}{
		"by name":                       {[]dataapi.Column{column("made", "timestamp"), column("arrived", "timestamptz")}, "arrived"},
		"first column with a time":      {[]dataapi.Column{column("arrived", "varchar"), column("made", "timestamptz"), column("sent", "timestamp")}, "made"},
		"AWS's name before other names": {[]dataapi.Column{column("arrived", "timestamp"), column("approximate_arrival_timestamp", "timestamp")}, "approximate_arrival_timestamp"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := resolve(view{}, test.columns)
			if err != nil || s.arrived.Name != test.want {
				t.Errorf("want %q, got %q, %v", test.want, s.arrived.Name, err)
			}
		})
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	s := labView(t, Options{View: "v", Distinct: "connectiontime", DistinctLabel: "Cars"})
	got := seriesOf(s, choice{window: windows()[0], group: "second", zone: "UTC"}, queryResult{rows: [][]*string{
		{aws.String("1795387140"), aws.String("3"), aws.String("1"), aws.String("2")},
		{nil, aws.String("9"), aws.String("0"), aws.String("1")},
	}})
	two := json.Number("2")
	want := series{
		Window: 60, Group: "second", Zone: "UTC",
		Charts:  []chart{{"distinct", "Cars", "connectiontime"}, {"rows", "Rows", ""}},
		Buckets: []bucket{{At: "1795387140", Rows: "3", Rejected: "1", Distinct: &two}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

func TestRejection(t *testing.T) {
	t.Parallel()
	row := func(length, isJSON, record string, nulls ...string) []*string {
		out := []*string{aws.String("2026-11-22 22:39:37"), &length, &isJSON, aws.String(fmt.Sprintf("%x", record))}
		for _, n := range nulls {
			out = append(out, &n)
		}
		return out
	}
	tests := map[string]struct {
		row          []*string
		reason, text string
	}{
		"not JSON":                 {row("3", "false", "<a>", "true", "true"), "not JSON", "<a>"},
		"not UTF-8":                {row("3", "false", "\xff\x00é", "true", "true"), "not JSON", "\uFFFD\x00é"},
		"one value does not fit":   {row("9", "true", `{"kWh":"plenty","Userid":1}`, "true", "false"), "a value that doesn't fit its column: kwh", `{"kWh":"plenty","Userid":1}`},
		"another field is missing": {row("9", "true", `{"kWh":"plenty"}`, "true", "true"), "a value that doesn't fit its column: kwh", `{"kWh":"plenty"}`},
		"record was cut":           {row("9", "true", `{"kWh":"ple`, "true", "true"), "a value that doesn't fit its column: kwh, userid", `{"kWh":"ple`},
		"longest record":           {row("65535", "true", `{`, "true", "true"), "a value that doesn't fit its column: kwh, userid", "{"},
		"record is too long":       {row("65536", "true", `{`, "true", "true"), "65536 bytes; Redshift extracts fields from at most 65535", "{"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rejectionOf(test.row, []string{"kwh", "userid"})
			if diff := cmp.Diff(rejection{"2026-11-22 22:39:37", test.reason, test.text}, got); diff != "" {
				t.Errorf("rejection (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrintableIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"x" + strings.Repeat("é", 400):     "x" + strings.Repeat("é", shownText-1) + "…",
		strings.Repeat("x", 2*shownText):   strings.Repeat("x", 2*shownText),
		strings.Repeat("x", 2*shownText+1): strings.Repeat("x", 2*shownText) + "…",
	} {
		if got := printable([]byte(text)); got != want {
			t.Errorf("printable(%q)\nwant %q\ngot  %q", text, want, got)
		}
	}
}
