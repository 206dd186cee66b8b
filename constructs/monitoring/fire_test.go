package monitoring_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/monitoring"
)

// alarm contains the properties of an alarm in the template.
type alarm struct {
	AlarmDescription, MetricName, Statistic, ComparisonOperator, TreatMissingData string

	Threshold         float64
	EvaluationPeriods int
	Period            int
	Metrics           []struct {
		ID, Expression string
		MetricStat     struct {
			Stat   string
			Period int
			Metric struct{ MetricName string }
		}
	}
	AlarmActions, OKActions []any
}

// data are the values of metrics, by metric name: a list of periods, oldest first, each
// with the values of that period. A period is nil if it has no data.
type data map[string][][]float64

// fires reports whether the alarm fires on the newest periods. As in CloudWatch, all
// evaluated periods must breach the threshold.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
func (a alarm) fires(t *testing.T, d data) bool {
	t.Helper()
	for back := range a.EvaluationPeriods {
		value, measured := a.value(t, d, back)
		if !measured && a.TreatMissingData != "notBreaching" {
			t.Fatalf("TreatMissingData %s is not supported by this test", a.TreatMissingData)
		}
		if !measured || !a.breaches(t, value) {
			return false
		}
	}
	return true
}

// breaches reports whether a value breaches the threshold.
func (a alarm) breaches(t *testing.T, value float64) bool {
	t.Helper()
	switch a.ComparisonOperator {
	case "GreaterThanOrEqualToThreshold":
		return value >= a.Threshold
	case "LessThanThreshold":
		return value < a.Threshold
	}
	t.Fatalf("operator %s is unknown", a.ComparisonOperator)
	return false
}

// value returns the value of the alarm's metric or expression, back periods before the
// newest. It returns false if the period has no data.
func (a alarm) value(t *testing.T, d data, back int) (float64, bool) {
	t.Helper()
	if len(a.Metrics) == 0 {
		return aggregate(t, d, a.MetricName, a.Statistic, back)
	}
	values := map[string]float64{}
	expression := a.Metrics[0].ID // if the alarm has a single metric with a label
	for _, m := range a.Metrics {
		if m.Expression != "" {
			expression = m.Expression
			continue
		}
		v, ok := aggregate(t, d, m.MetricStat.Metric.MetricName, m.MetricStat.Stat, back)
		if !ok {
			return 0, false // an expression has no value if one of its metrics has no data
		}
		values[m.ID] = v
	}
	return evaluate(t, expression, values), true
}

// aggregate returns a statistic of a metric, back periods before the newest. It returns
// false if the period has no data.
func aggregate(t *testing.T, d data, metric, statistic string, back int) (float64, bool) {
	t.Helper()
	for name, periods := range d {
		if !strings.HasPrefix(metric, name) || len(periods) <= back || periods[len(periods)-1-back] == nil {
			continue
		}
		values := periods[len(periods)-1-back]
		sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
		for _, v := range values {
			sum, least, most = sum+v, min(least, v), max(most, v)
		}
		switch statistic {
		case "Sum":
			return sum, true
		case "Average":
			return sum / float64(len(values)), true
		case "Minimum":
			return least, true
		case "Maximum":
			return most, true
		}
		t.Fatalf("statistic %s is unknown", statistic)
	}
	return 0, false
}

// evaluate returns the value of an expression of metric math. It supports what the alarms
// use: names, numbers, +, > and IF.
func evaluate(t *testing.T, expression string, values map[string]float64) float64 {
	t.Helper()
	expression = strings.TrimSpace(expression)
	if inner, ok := strings.CutPrefix(expression, "IF("); ok {
		parts := strings.Split(strings.TrimSuffix(inner, ")"), ",")
		if len(parts) != 3 {
			t.Fatalf("expression %q: IF has %d parts", expression, len(parts))
		}
		if evaluate(t, parts[0], values) != 0 {
			return evaluate(t, parts[1], values)
		}
		return evaluate(t, parts[2], values)
	}
	if left, right, ok := strings.Cut(expression, ">"); ok {
		if evaluate(t, left, values) > evaluate(t, right, values) {
			return 1
		}
		return 0
	}
	if left, right, ok := strings.Cut(expression, "+"); ok {
		return evaluate(t, left, values) + evaluate(t, right, values)
	}
	if v, ok := values[expression]; ok {
		return v
	}
	n, err := strconv.ParseFloat(expression, 64)
	if err != nil {
		t.Fatalf("expression %q: %v", expression, err)
	}
	return n
}

// TestEveryAlarmFires checks on which data each alarm fires and on which it does not.
func TestEveryAlarmFires(t *testing.T) {
	a := newApp(t)
	monitoring.New(a.stack, jsii.String("M"), &monitoring.Props{Warehouse: a.cluster, Stream: a.stream, Provider: a.provider, ViewNames: []string{"clicks"}})
	alarms := map[string]alarm{}
	for name, r := range synthtest.Resources(t, a.stack, "M") {
		if r["Type"] != "AWS::CloudWatch::Alarm" {
			continue
		}
		text, err := json.Marshal(r["Properties"])
		if err != nil {
			t.Fatal(err)
		}
		var read alarm
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if len(read.AlarmActions) != 1 || len(read.OKActions) != 1 || read.AlarmDescription == "" {
			t.Errorf("%s: actions %v and %v, description %q", name, read.AlarmActions, read.OKActions, read.AlarmDescription)
		}
		alarms[strings.TrimRight(name[1:len(name)-8], "0123456789")] = read
	}
	// every returns three periods with the same values.
	every := func(values ...float64) [][]float64 {
		periods := make([][]float64, 3)
		for i := range periods {
			periods[i] = values
		}
		return periods
	}
	// last returns three periods, of which only the last one has values other than zero.
	last := func(values ...float64) [][]float64 { return [][]float64{{0}, {0}, values} }
	noData := [][]float64{nil, nil, nil}
	tests := map[string]struct{ fires, quiet []data }{
		"IteratorAge": {
			[]data{{"GetRecords.IteratorAgeMilliseconds": every(10, 300_000)}},
			[]data{{"GetRecords.IteratorAgeMilliseconds": every(10, 299_999)}, {"GetRecords.IteratorAgeMilliseconds": last(9e9)}, {}},
		},
		"ThrottledWrites": {[]data{{"WriteProvisionedThroughputExceeded": every(1)}}, []data{{"WriteProvisionedThroughputExceeded": last(900)}}},
		"ThrottledReads":  {[]data{{"ReadProvisionedThroughputExceeded": every(60, 40)}}, []data{{"ReadProvisionedThroughputExceeded": every(60, 39)}}},
		"RefusedRecords":  {[]data{{"PutRecords.FailedRecords": last(1)}}, []data{{"PutRecords.FailedRecords": every(0)}}},
		"CPU":             {[]data{{"CPUUtilization": every(80, 100)}}, []data{{"CPUUtilization": every(79, 100)}}},
		"Disk":            {[]data{{"PercentageDiskSpaceUsed": last(10, 80)}}, []data{{"PercentageDiskSpaceUsed": every(79.9)}}},
		"Health":          {[]data{{"HealthStatus": every(1, 0)}}, []data{{"HealthStatus": every(1)}, {"HealthStatus": noData}}},
		"FailedDDL":       {[]data{{"FailedDDL": last(1)}}, []data{{"FailedDDL": every(0)}}},
		"Freshnessclicks": {
			[]data{{"IncomingRecords": every(5, 0), "Freshness": every(600)}},
			[]data{
				{"IncomingRecords": every(0), "Freshness": every(86_400)}, // no producer sends records
				{"IncomingRecords": every(5), "Freshness": every(599)},
				{"IncomingRecords": every(5), "Freshness": noData},
			},
		},
		"LostRecordsclicks": {
			[]data{{"SkippedRecords": last(1), "FailedRecords": last(0)}, {"SkippedRecords": last(0), "FailedRecords": last(1)}},
			[]data{{"SkippedRecords": every(0), "FailedRecords": every(0)}},
		},
		"FailedRefreshesclicks": {[]data{{"FailedRefreshes": every(1)}}, []data{{"FailedRefreshes": last(4)}}},
	}
	var got, want []string
	for name := range alarms {
		got = append(got, name)
	}
	for name, test := range tests {
		want = append(want, name)
		for i, d := range test.fires {
			if !alarms[name].fires(t, d) {
				t.Errorf("%s doesn't fire on data %d: %v", name, i, d)
			}
		}
		for i, d := range test.quiet {
			if alarms[name].fires(t, d) {
				t.Errorf("%s fires on data %d: %v", name, i, d)
			}
		}
	}
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
	if t.Failed() {
		t.Log(fmt.Sprint(alarms))
	}
}

// sorted returns the names as text, in alphabetical order and without duplicates.
func sorted(names []string) string {
	set := map[string]bool{}
	for _, n := range names {
		set[n] = true
	}
	text, _ := json.Marshal(set) // json.Marshal sorts keys
	return string(text)
}
