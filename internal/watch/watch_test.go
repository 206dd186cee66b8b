package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

func TestParseChoice(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ query, want, err string }{
		"nothing":         {"", "5m second UTC", ""},
		"all":             {"window=24h&group=minute&zone=America/Argentina/Buenos_Aires", "24h minute America/Argentina/Buenos_Aires", ""},
		"a window's own":  {"window=30d", "30d day UTC", ""},
		"everything bad":  {"window=2h&zone=x'--", "", "window: \"2h\" is unknown; write one of 1m, 5m, 15m, 1h, 6h, 24h, 7d, 30d\nzone: \"x'--\" is not a time zone; write one such as \"Europe/Berlin\""},
		"a group too low": {"window=30d&group=second", "", `group: "second" doesn't suit the window 30d; write one of day, hour`},
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
				t.Errorf("got error %v, want %s", err, test.err)
			}
			if got := c.window.name + " " + c.group + " " + c.zone; err == nil && got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestPageOffersTheChoices holds the page's own list against the server's.
func TestPageOffersTheChoices(t *testing.T) {
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

func TestPageIsSmallAndNamesNothingElsewhere(t *testing.T) {
	t.Parallel()
	size, err := Bytes()
	if err != nil || size > 150_000 {
		t.Errorf("got %d bytes, %v, want at most 150,000", size, err)
	}
	elsewhere := regexp.MustCompile(`(src|href|url\()=?["']?(https?:)?//`)
	for _, name := range []string{"index.html", "watch.js", "watch.css", "uPlot.min.css"} {
		text, err := fs.ReadFile(assets, "assets/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if at := elsewhere.Find(text); at != nil {
			t.Errorf("%s names %s", name, at)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options Options
		err     string
	}{
		"lab":   {Options{View: "ev_station_data_extract", Sum: "kwhdelivered", Distinct: "userid"}, "<nil>"},
		"super": {Options{View: "s.v", Sum: "payload.kWhDelivered", Time: "payload.session.start"}, "<nil>"},
		"everything": {
			Options{View: "a b", Sum: "payload.x'y", Distinct: "table", Time: "a.b.c.d.e.f.g"},
			"--view: \"a b\" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $\n" +
				"--time: \"a.b.c.d.e.f.g\" goes 6 levels deep; Redshift takes 5\n" +
				"--sum: \"x'y\" in \"payload.x'y\" is no field's name; write letters, digits and _\n" +
				"--distinct: \"table\" is a reserved word of Redshift; write another name, such as \"table_\"",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.err, fmt.Sprint(test.options.Validate())); diff != "" {
				t.Error(diff)
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

func labShape(t *testing.T, o Options, columns ...dataapi.Column) shape {
	t.Helper()
	v, err := o.parse()
	if err != nil {
		t.Fatal(err)
	}
	s, err := shapeOf(v, append(columns, labColumns...))
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
		"text as time, SUPER summed up": {
			Options{View: "s.v", Time: "connectiontime", Sum: "payload.kWhDelivered"},
			fmt.Sprintf(group, started) + failed + `, SUM(TRY_CAST(NULLIF(json_extract_path_text(json_serialize(CASE WHEN json_size("payload") <= 65535 THEN "payload" END), 'kWhDelivered', true), '') AS DECIMAL(38, 4))) FROM "s"."v" ` +
				`WHERE "approximatearrivaltimestamp" >= CAST(:begin AS TIMESTAMP) AND ` + started + ` >= CAST(:begin AS TIMESTAMP) AT TIME ZONE 'UTC' GROUP BY 1 ORDER BY 1`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := labShape(t, test.options).series(c, "2026-11-22 22:30:00")
			if diff := cmp.Diff(test.want, got.SQL); diff != "" {
				t.Errorf("SQL (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]string{"zone": "Europe/Berlin", "begin": "2026-11-22 22:30:00"}, got.Parameters); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
		})
	}
}

func TestShapeTellsEveryProblem(t *testing.T) {
	t.Parallel()
	v, err := Options{View: "v", Time: "gone", Sum: "payload", Distinct: "name.first"}.parse()
	if err != nil {
		t.Fatal(err)
	}
	_, err = shapeOf(v, []dataapi.Column{column("name", "varchar"), column("payload", "super")})
	want := `v has no column that says when a row arrived; give it one, such as approximate_arrival_timestamp
--time: v has no column "gone"; it has name, payload
--sum: the column "payload" is SUPER; name a field of it, such as payload.price
--distinct: the column "name" is varchar and has no fields; only SUPER ones have`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

func TestArrival(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		columns []dataapi.Column
		want    string
	}{
		"by its name":         {[]dataapi.Column{column("made", "timestamp"), column("arrived", "timestamptz")}, "arrived"},
		"the first that is":   {[]dataapi.Column{column("arrived", "varchar"), column("made", "timestamptz"), column("sent", "timestamp")}, "made"},
		"AWS's before others": {[]dataapi.Column{column("arrived", "timestamp"), column("approximate_arrival_timestamp", "timestamp")}, "approximate_arrival_timestamp"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := shapeOf(view{}, test.columns)
			if err != nil || s.arrived.Name != test.want {
				t.Errorf("got %q, %v, want %q", s.arrived.Name, err, test.want)
			}
		})
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	s := labShape(t, Options{View: "v", Distinct: "connectiontime", DistinctLabel: "Cars"})
	got := seriesOf(s, choice{window: windows()[0], group: "second", zone: "UTC"}, answer{rows: [][]*string{
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
		"not JSON":       {row("3", "false", "<a>", "true", "true"), "not JSON", "<a>"},
		"not even text":  {row("3", "false", "\xff\x00é", "true", "true"), "not JSON", "\uFFFD\x00é"},
		"a value":        {row("9", "true", `{"kWh":"plenty","Userid":1}`, "true", "false"), "a value that doesn't fit its column: kwh", `{"kWh":"plenty","Userid":1}`},
		"a field absent": {row("9", "true", `{"kWh":"plenty"}`, "true", "true"), "a value that doesn't fit its column: kwh", `{"kWh":"plenty"}`},
		"cut":            {row("9", "true", `{"kWh":"ple`, "true", "true"), "a value that doesn't fit its column: kwh, userid", `{"kWh":"ple`},
		"too long":       {row("70000", "true", `{`, "true", "true"), "70000 bytes, more than the 65535 whose fields can be taken apart", "{"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rejectionOf(test.row, []string{"kwh", "userid"})
			if diff := cmp.Diff(rejection{"2026-11-22 22:39:37", test.reason, test.text}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrintableIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	got := printable([]byte("x" + strings.Repeat("é", 400)))
	if want := "x" + strings.Repeat("é", shownText-1) + "…"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestTrouble(t *testing.T) {
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
		"paused":   {invalid("Redshift cluster c is paused."), "The warehouse is paused."},
		"resuming": {invalid("Cluster c is resuming."), "The warehouse isn't available yet."},
		"gone":     {invalid("Redshift endpoint doesn't exist in this region."), "There is no such warehouse."},
		"no view":  {failed(`ERROR: relation "public.v" does not exist`), "There is no view v yet."},
		"no right": {failed("ERROR: permission denied for relation v"), "You may not read this."},
		"misspelt": {misnamed{errors.New("--sum: x")}, "The page can't show what it was asked for."},
		"a zone":   {failed(`ERROR: time zone "Mars/Olympus" not recognized`), "The warehouse doesn't know this time zone."},
		"whatever": {failed("ERROR: division by zero"), "The warehouse can't answer."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := troubleOf(test.err, "v")
			if got.What != test.want || got.Remedy == "" || got.Detail == "" {
				t.Errorf("got %+v, want %q", got, test.want)
			}
		})
	}
}
