package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/health"
)

// view adds a view, and its problems, to s.
func (s *status) view(ctx context.Context, r *dataapi.Runner, v health.View, now time.Time) {
	state := viewState{View: v, Rows: unknown}
	name := v.Schema + "." + v.Name
	schema, schemaErr := ddl.ParseIdent(v.Schema)
	view, viewErr := ddl.ParseIdent(v.Name)
	if schemaErr == nil && viewErr == nil {
		rows, _, err := r.Rows(ctx, dataapi.Statement{Name: "status-rows", SQL: fmt.Sprintf("SELECT COUNT(*) FROM %s.%s", schema, view)}, 0)
		switch {
		case err != nil:
			s.problem(name+": "+err.Error(), "grant SELECT on the view, or give --secret-arn")
		case len(rows) == 1:
			state.Rows = rows[0][0]
		}
	}
	if fresh, ok := v.Freshness(now); ok {
		seconds := fresh.Seconds()
		state.Freshness = &seconds
	}
	s.Views = append(s.Views, state)
	failed := strings.HasPrefix(strings.ToLower(v.Outcome), "refresh failed")
	switch {
	case failed && dataapi.NotAuthorized(&dataapi.StatementError{Reason: v.Outcome}):
		s.problem(name+": "+v.Outcome, "attach the role to the warehouse and allow it to read the stream; deploying the stack again does both")
	case failed:
		s.problem(name+": "+v.Outcome, "fix the cause, then run: REFRESH MATERIALIZED VIEW "+name)
	case !v.AutoRefresh:
		s.problem(name+": auto refresh is off", "run: ALTER MATERIALIZED VIEW "+name+" AUTO REFRESH YES; or remove manualRefresh from the declaration")
	}
	if lost := v.Skipped + v.Errors; lost > 0 {
		s.problem(fmt.Sprintf("%s: %d records were skipped or failed in the last day", name, lost), "find the reason: SELECT error_reason, position FROM sys_stream_scan_errors WHERE mv_name = "+ddl.Literal(v.Name))
	}
}

// stateOf derives a warehouse's state from an error of the Data API.
func stateOf(err error) string {
	words := strings.ToLower(err.Error())
	for _, state := range []string{"paused", "resuming", "rebooting", "being modified"} {
		if strings.Contains(words, state) {
			return state
		}
	}
	if dataapi.NoSuchTarget(err) {
		return "gone"
	}
	return unknown
}

// remedyOf returns the remedy for a warehouse that doesn't respond.
func remedyOf(err error, name string) string {
	switch stateOf(err) {
	case "paused":
		return "resume it: aws redshift resume-cluster --cluster-identifier " + name
	case "gone":
		return "deploy the stack: npx cdk deploy"
	case unknown:
		return "check your credentials and the network"
	}
	return "wait until it is available"
}

// printStackStatus writes a status as text.
func printStackStatus(w io.Writer, s status) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(values ...string) { _, _ = fmt.Fprintln(out, strings.Join(values, "\t")) }
	row("stack", s.Stack)
	row("warehouse", s.Warehouse.Name+", "+s.Warehouse.State)
	row("role", s.Warehouse.Role)
	stream := s.Stream.Name + ", " + s.Stream.State
	if s.Stream.State != unknown {
		stream += fmt.Sprintf(", %s, %s, %d h retention", s.Stream.Mode, plural(int(s.Stream.Shards), "shard"), s.Stream.Hours)
	}
	row("stream", stream)
	if err := out.Flush(); err != nil {
		return err
	}
	if len(s.Views) > 0 {
		row("")
		row("view", "rows", "newest record", "auto refresh", "last refresh", "errors")
		for _, v := range s.Views {
			row(v.Schema+"."+v.Name, v.Rows, freshness(v), yesNo(v.AutoRefresh), refreshed(v.View), fmt.Sprint(v.Skipped+v.Errors+v.FailedRefreshes))
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	row("")
	for _, p := range s.Problems {
		_, _ = fmt.Fprintf(out, "! %s\n  → %s\n", p.What, p.Remedy)
	}
	if len(s.Problems) == 0 {
		_, _ = fmt.Fprintln(out, "No problems found.")
	}
	return out.Flush()
}

func freshness(v viewState) string {
	if v.Freshness == nil {
		return "none yet"
	}
	return time.Duration(*v.Freshness*float64(time.Second)).Round(time.Second).String() + " ago"
}

func refreshed(v health.View) string {
	if v.Refreshed.IsZero() {
		return "never"
	}
	return v.Refreshed.Format(time.DateTime) + " " + outcome(v.Outcome)
}

// outcome shortens Redshift's text for the result of a refresh to "ok" or "failed".
func outcome(text string) string {
	if strings.HasPrefix(text, "Refresh successfully") {
		return "ok"
	}
	return "failed"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
