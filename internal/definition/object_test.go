package definition_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

const (
	roleARN     = "arn:aws:iam::123456789012:role/r"
	schemaQuery = "SELECT nspname, CAST(nspowner AS BIGINT) FROM pg_catalog.pg_namespace WHERE nspname = 'events'"
)

func relationQuery(name string) string {
	return "SELECT c.relname, CAST(c.relowner AS BIGINT) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = 'public' AND c.relname = '" + name + "'"
}

// valid returns the definition, and fails the test if the declaration has problems.
func valid[D definition.Definition](t *testing.T, d D, problems ddl.Problems) D {
	t.Helper()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

// TestObject checks the name and the key of each kind of object, and the step that checks
// whether it exists.
func TestObject(t *testing.T) {
	t.Parallel()
	external, problems := definition.NewExternalSchema(ddl.ExternalSchema{Name: "events", RoleARN: roleARN})
	valid(t, external, problems)
	schema, problems := definition.NewSchema(ddl.Schema{Name: "events"})
	valid(t, schema, problems)
	role, problems := definition.NewRoleAttachment(contract.RoleAttachment{RoleARN: roleARN}, contract.Target{ClusterIdentifier: "c"})
	valid(t, role, problems)
	limit, problems := definition.NewUsageLimit(contract.UsageLimit{WorkgroupARN: "arn", UsageType: "serverless-compute", Amount: "1", Period: "daily", BreachAction: "log"})
	valid(t, limit, problems)
	streaming := view(t, func(*ddl.View) {})
	for kind, test := range map[string]struct {
		definition definition.Definition
		name, key  string
		exists     definition.Step
	}{
		"external schema": {external, `schema "events"`, "schema events", definition.Step{Name: definition.StepExists, SQL: schemaQuery}},
		"schema":          {schema, `schema "events"`, "schema events", definition.Step{Name: definition.StepExists, SQL: schemaQuery}},
		"streaming view":  {streaming, `view "public"."v"`, "view public.v", definition.Step{Name: definition.StepExists, SQL: relationQuery("v")}},
		"role":            {role, "role " + roleARN, "role " + roleARN, definition.Step{Name: definition.StepRoleAttached, Call: definition.CallExists}},
		"usage limit": {
			limit, "usage limit", "arn/serverless-compute/daily", definition.Step{Name: definition.StepLimitExists, Call: definition.CallExists},
		},
	} {
		if got := test.definition.Object().String(); got != test.name {
			t.Errorf("%s: name: want %s, got %s", kind, test.name, got)
		}
		if got := test.definition.Object().Key(); got != test.key {
			t.Errorf("%s: key: want %s, got %s", kind, test.key, got)
		}
		if diff := cmp.Diff(test.exists, test.definition.Exists()); diff != "" {
			t.Errorf("%s: Exists (-want +got):\n%s", kind, diff)
		}
	}
	if diff := cmp.Diff(relationQuery("v_until_20261122t120000"), streaming.KeptTable(noon).Exists().SQL); diff != "" {
		t.Errorf("kept table: Exists (-want +got):\n%s", diff)
	}
}

func TestCheckDependents(t *testing.T) {
	t.Parallel()
	object := view(t, func(*ddl.View) {}).Object()
	for name, test := range map[string]struct {
		rows [][]string
		want string
	}{
		"no dependents": {nil, "<nil>"},
		"two dependents": {
			[][]string{{"public", "hourly"}, {"Reports", `a"b`}},
			`view "public"."v" can't be replaced while others depend on it: "public"."hourly", "Reports"."a""b"; ` +
				"drop them first, or make them read a view that does not change",
		},
	} {
		if diff := cmp.Diff(test.want, fmt.Sprint(definition.CheckDependents(object, test.rows))); diff != "" {
			t.Errorf("%s: error (-want +got):\n%s", name, diff)
		}
	}
}
