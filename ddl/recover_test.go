package ddl_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// recovered is a view that the tests vary.
func recovered(t *testing.T, change func(*ddl.View)) *ddl.ViewDefinition {
	t.Helper()
	v := ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "x"}, Columns: []ddl.Column{ddl.FieldColumn("a", "INTEGER", "a")}}
	change(&v)
	d, err := v.Define()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func texts(plan []ddl.Statement) []string {
	var list []string
	for _, s := range plan {
		list = append(list, s.SQL)
	}
	return list
}

func TestAssertView(t *testing.T) {
	t.Parallel()
	old := recovered(t, func(v *ddl.View) { v.SortKey, v.Grants = []string{"a"}, []ddl.Grantee{{User: "ann"}, {User: "bob"}} })
	wanted := recovered(t, func(v *ddl.View) { v.DistKey, v.Grants = "a", []ddl.Grantee{{User: "bob"}, {Role: "r"}} })
	want := []string{
		`ALTER MATERIALIZED VIEW "public"."v" ALTER DISTKEY "a"`,
		`ALTER MATERIALIZED VIEW "public"."v" ALTER SORTKEY NONE`,
		`REFRESH MATERIALIZED VIEW "public"."v"`,
		`ALTER MATERIALIZED VIEW "public"."v" AUTO REFRESH YES`,
		`REVOKE SELECT ON "public"."v" FROM "ann"`,
		`GRANT SELECT ON "public"."v" TO "bob", ROLE "r"`,
	}
	if diff := cmp.Diff(want, texts(ddl.AssertView(old, wanted))); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// TestAssertGrantsOfUsersWhoWereNeverMade holds that a rollback makes the users of IAM
// whom an update that was cut short may not have made: it couldn't revoke otherwise.
func TestAssertGrantsOfUsersWhoWereNeverMade(t *testing.T) {
	t.Parallel()
	old := recovered(t, func(v *ddl.View) { v.Grants = []ddl.Grantee{{IAMRole: "Dashboards"}, {User: "ann"}} })
	back := recovered(t, func(v *ddl.View) { v.Grants = []ddl.Grantee{{IAMUser: "Bob"}} })
	want := []string{
		`REFRESH MATERIALIZED VIEW "public"."v"`,
		`ALTER MATERIALIZED VIEW "public"."v" AUTO REFRESH YES`,
		`CREATE USER "IAMR:Dashboards" PASSWORD DISABLE`,
		`REVOKE SELECT ON "public"."v" FROM "IAMR:Dashboards", "ann"`,
		`CREATE USER "IAM:Bob" PASSWORD DISABLE`,
		`GRANT SELECT ON "public"."v" TO "IAM:Bob"`,
	}
	plan := ddl.AssertView(old, back)
	if diff := cmp.Diff(want, texts(plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	seen := map[ddl.Step]bool{}
	for _, s := range plan {
		if seen[s.Step] {
			t.Errorf("step %q twice", s.Step)
		}
		seen[s.Step] = true
	}
}

func TestRollBackViewKeepsRowsWhereChangesAreRefused(t *testing.T) {
	t.Parallel()
	old := recovered(t, func(v *ddl.View) { v.Columns[0].Name = "b" })
	back := recovered(t, func(v *ddl.View) { v.OnReplace = ddl.RefuseChange })
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	if _, err := ddl.UpdateView(old, back, at); err == nil {
		t.Error("a change that is no rollback was not refused")
	}
	var steps []ddl.Step
	for _, s := range ddl.RollBackView(old.Unread(), back, at) {
		steps = append(steps, s.Step)
	}
	want := []ddl.Step{
		ddl.StepDropStaleProof, ddl.StepProve, ddl.StepDropProof, ddl.StepDependents, ddl.StepDependentViews, ddl.StepStopRefresh,
		ddl.StepKeptTable, ddl.StepCountRows, ddl.StepKeepRows, ddl.StepCountKept, ddl.StepDrop, ddl.StepCreate, ddl.StepRefresh, ddl.StepAutoRefresh,
	}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestFingerprintTellsAttributesApart(t *testing.T) {
	t.Parallel()
	plain := recovered(t, func(*ddl.View) {})
	for name, change := range map[string]func(*ddl.View){
		"dist style": func(v *ddl.View) { v.DistStyle = "ALL" },
		"dist key":   func(v *ddl.View) { v.DistKey = "a" },
		"sort key":   func(v *ddl.View) { v.SortKey = []string{"a"} },
		"refresh":    func(v *ddl.View) { v.ManualRefresh = true },
		"grants":     func(v *ddl.View) { v.Grants = []ddl.Grantee{{Group: "g"}} },
	} {
		if d := recovered(t, change); d.Fingerprint() == plain.Fingerprint() || d.QueryHash() != plain.QueryHash() {
			t.Errorf("%s: the fingerprint has to change, and the query's hash not", name)
		}
	}
}

func TestKeptTableOfAnInterruptedUpdate(t *testing.T) {
	t.Parallel()
	d := recovered(t, func(*ddl.View) {})
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	want := []string{
		`DROP MATERIALIZED VIEW IF EXISTS "public"."v_tributary_proof" RESTRICT`,
		`SELECT 1 FROM "public"."v_until_20261122t120000" LIMIT 1`,
		`DROP TABLE IF EXISTS "public"."v_until_20261122t120000"`,
	}
	if diff := cmp.Diff(want, texts([]ddl.Statement{d.DropProof(), d.SomeKept(at), d.DropKept(at)})); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}
