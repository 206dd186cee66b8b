package definition_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// view returns the definition of a small streaming view after the given change.
func view(t *testing.T, change func(*ddl.View)) *definition.View {
	t.Helper()
	v := ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "x"}, Columns: []ddl.Column{ddl.FieldColumn("a", "INTEGER", "a")}}
	change(&v)
	d, problems := definition.NewView(v)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func statements(plan []definition.Step) []string {
	var list []string
	for _, s := range plan {
		list = append(list, s.SQL)
	}
	return list
}

func TestAssertView(t *testing.T) {
	t.Parallel()
	old := view(t, func(v *ddl.View) { v.SortKey, v.Grants = []string{"a"}, []ddl.Grantee{{User: "ann"}, {User: "bob"}} })
	wanted := view(t, func(v *ddl.View) { v.DistKey, v.Grants = "a", []ddl.Grantee{{User: "bob"}, {Role: "r"}} })
	want := []string{
		`ALTER MATERIALIZED VIEW "public"."v" ALTER DISTKEY "a"`,
		`ALTER MATERIALIZED VIEW "public"."v" ALTER SORTKEY NONE`,
		`REFRESH MATERIALIZED VIEW "public"."v"`,
		`ALTER MATERIALIZED VIEW "public"."v" AUTO REFRESH YES`,
		`REVOKE SELECT ON "public"."v" FROM "ann"`,
		`GRANT SELECT ON "public"."v" TO "bob", ROLE "r"`,
	}
	if diff := cmp.Diff(want, statements(wanted.Assert(old))); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// TestAssertCreatesMissingUsers checks that the users of IAM identities are created
// before a REVOKE. An interrupted update may not have created them, and then the REVOKE
// would fail.
func TestAssertCreatesMissingUsers(t *testing.T) {
	t.Parallel()
	old := view(t, func(v *ddl.View) { v.Grants = []ddl.Grantee{{IAMRole: "Dashboards"}, {User: "ann"}} })
	back := view(t, func(v *ddl.View) { v.Grants = []ddl.Grantee{{IAMUser: "Bob"}} })
	want := []string{
		`REFRESH MATERIALIZED VIEW "public"."v"`,
		`ALTER MATERIALIZED VIEW "public"."v" AUTO REFRESH YES`,
		`CREATE USER "IAMR:Dashboards" PASSWORD DISABLE`,
		`REVOKE SELECT ON "public"."v" FROM "IAMR:Dashboards", "ann"`,
		`CREATE USER "IAM:Bob" PASSWORD DISABLE`,
		`GRANT SELECT ON "public"."v" TO "IAM:Bob"`,
	}
	plan := back.Assert(old)
	if diff := cmp.Diff(want, statements(plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	seen := map[definition.StepName]bool{}
	for _, s := range plan {
		if seen[s.Name] {
			t.Errorf("two steps are named %q", s.Name)
		}
		seen[s.Name] = true
	}
}

// TestAssertSchema checks that Assert of a schema grants all its grants, and revokes only
// those that the old schema had in addition.
func TestAssertSchema(t *testing.T) {
	t.Parallel()
	ann, bob := ddl.Grantee{User: "ann"}, ddl.Grantee{User: "bob"}
	external := func(grants ...ddl.Grantee) definition.Definition {
		d, problems := definition.NewExternalSchema(ddl.ExternalSchema{Name: "events", RoleARN: roleARN, Grants: grants})
		return valid(t, d, problems)
	}
	schema := func(grants ...ddl.Grantee) definition.Definition {
		d, problems := definition.NewSchema(ddl.Schema{Name: "events", Grants: grants})
		return valid(t, d, problems)
	}
	for name, define := range map[string]func(...ddl.Grantee) definition.Definition{"external schema": external, "schema": schema} {
		got := map[string][]string{
			"old unknown":        statements(define(ann).Assert(nil)),
			"old has the same":   statements(define(ann).Assert(define(ann))),
			"old has more":       statements(define(ann).Assert(define(ann, bob))),
			"neither has grants": statements(define().Assert(define())),
		}
		const grant = `GRANT USAGE ON SCHEMA "events" TO "ann"`
		want := map[string][]string{
			"old unknown":        {grant},
			"old has the same":   {grant},
			"old has more":       {`REVOKE USAGE ON SCHEMA "events" FROM "bob"`, grant},
			"neither has grants": nil,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: statements (-want +got):\n%s", name, diff)
		}
	}
}

func TestRollBackViewKeepsRowsWhereChangesAreRefused(t *testing.T) {
	t.Parallel()
	old := view(t, func(v *ddl.View) { v.Columns[0].Name = "b" })
	back := view(t, func(v *ddl.View) { v.OnReplace = ddl.RefuseChange })
	if _, err := back.Replace(old, noon); err == nil {
		t.Error("Replace with onReplace Refuse returned no error")
	}
	var steps []definition.StepName
	plan, err := back.RollBack(nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plan {
		steps = append(steps, s.Name)
	}
	want := []definition.StepName{
		definition.StepDropStaleProof, definition.StepCreateProof, definition.StepDropProof, definition.StepDependents, definition.StepDependentViews, definition.StepStopAutoRefresh,
		definition.StepCreateKeptTable, definition.StepCountRows, definition.StepMoveRows, definition.StepCountKeptRows, definition.StepDrop, definition.StepCreate, definition.StepRefresh, definition.StepAutoRefresh,
	}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestHashDependsOnAttributes(t *testing.T) {
	t.Parallel()
	plain := view(t, func(*ddl.View) {})
	for name, change := range map[string]func(*ddl.View){
		"dist style": func(v *ddl.View) { v.DistStyle = "ALL" },
		"dist key":   func(v *ddl.View) { v.DistKey = "a" },
		"sort key":   func(v *ddl.View) { v.SortKey = []string{"a"} },
		"refresh":    func(v *ddl.View) { v.ManualRefresh = true },
		"grants":     func(v *ddl.View) { v.Grants = []ddl.Grantee{{Group: "g"}} },
	} {
		if d := view(t, change); d.Hash() == plain.Hash() || !definition.Alterable(d.Hash(), plain.Hash()) {
			t.Errorf("%s: the hash must change in its second half, and only there", name)
		}
	}
}

func TestCleanUpAfterAnInterruptedUpdate(t *testing.T) {
	t.Parallel()
	d := view(t, func(*ddl.View) {})
	want := []string{
		`DROP MATERIALIZED VIEW IF EXISTS "public"."v_tributary_proof" RESTRICT`,
		`SELECT 1 FROM "public"."v_until_20261122t120000" LIMIT 1`,
		`DROP TABLE IF EXISTS "public"."v_until_20261122t120000"`,
	}
	if diff := cmp.Diff(want, statements([]definition.Step{d.Tidy()[0], d.KeptTable(noon).HasRows(), d.KeptTable(noon).Drop()})); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}
