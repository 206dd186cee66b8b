package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// document returns a document that accepts these rows for checkov.
func document(rows ...string) string {
	return "# Security\n\n## cfn-lint\n\n## checkov\n\nIt asks nobody.\n\n" + columns + "\n|---|---|---|---|\n" +
		strings.Join(rows, "\n") + "\n\n## cfn-guard\n\n## cdk-nag\n"
}

func TestParse(t *testing.T) {
	t.Parallel()
	templates := []string{"lab", "example-a", "example-b"}
	accepts := func(rule, template, resource string) finding { return finding{"checkov", rule, template, resource} }
	tests := map[string]struct {
		rows []string
		want findings
		err  string
	}{
		"nothing": {nil, findings{}, ""},
		"one, two, everywhere": {
			[]string{
				"| `R1` | keys | they cost | lab: `Stream` |",
				"| `R2[a/*]` | keys | they cost | lab, example-a: `Role`, `Stream`<br>example-b: - |",
				"| `R3` | keys | they cost | everywhere: `Function` |",
			},
			findings{
				accepts("R1", "lab", "Stream"): true, accepts("R2[a/*]", "lab", "Role"): true, accepts("R2[a/*]", "lab", "Stream"): true,
				accepts("R2[a/*]", "example-a", "Role"): true, accepts("R2[a/*]", "example-a", "Stream"): true, accepts("R2[a/*]", "example-b", "-"): true,
				accepts("R3", "lab", "Function"): true, accepts("R3", "example-a", "Function"): true, accepts("R3", "example-b", "Function"): true,
			},
			"",
		},
		"no reason":    {[]string{"| `R` | keys |  | lab: `S` |"}, nil, `line 11: rule "R": has no reason; write why the finding is accepted`},
		"no resources": {[]string{"| `R` | keys | cost | lab |"}, nil, `line 11: rule "R": got "lab"; write templates, a colon, and resources`},
		"no such template": {
			[]string{"| `R` | keys | cost | labs: `S` |"},
			nil,
			`line 11: rule "R": no template is called "labs"; write one of lab, example-a, example-b`,
		},
		"twice": {
			[]string{"| `R` | keys | cost | everywhere: `S` |", "| `R` | keys | cost | lab: `S` |"},
			nil,
			"line 12: checkov R lab S is accepted twice; remove one of them",
		},
		"a cell too few": {[]string{"| `R` | cost | lab: `S` |"}, nil, "line 11: the row has 3 cells; write 4: the rule, what it asks for, why we accept it, where"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(document(test.rows...), templates)
			said := ""
			if err != nil {
				said = err.Error()
			}
			if said != test.err {
				t.Errorf("error: want %q, got %q", test.err, said)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(finding{})); diff != "" {
				t.Errorf("accepted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseWantsEveryChecker(t *testing.T) {
	t.Parallel()
	_, err := parse(strings.ReplaceAll(document(), "## cdk-nag\n", ""), nil)
	if want := `has no heading "## cdk-nag"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("want %s, got %v", want, err)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	a, b, c := finding{"checkov", "R", "lab", "A"}, finding{"checkov", "R", "lab", "B"}, finding{"cdk-nag", "R", "lab", "C"}
	if got := compare(findings{a: true, b: true}, findings{a: true, b: true}); got != "" {
		t.Errorf("equal: got %q", got)
	}
	want := "+ cdk-nag R lab C\n- checkov R lab B\n"
	if diff := cmp.Diff(want, compare(findings{a: true, b: true}, findings{a: true, c: true})); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

func TestResourcesIn(t *testing.T) {
	t.Parallel()
	for checks, want := range map[string][]string{
		`[{"path":"/Resources/Logs/Properties/RetentionInDays"},{"path":"/Resources/Key"},{"path":"/Resources/Logs/Type"}]`: {"Key", "Logs"},
		`[{"path":""}]`: {"-"},
	} {
		if diff := cmp.Diff(want, resourcesIn(checks)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", checks, diff)
		}
	}
}
