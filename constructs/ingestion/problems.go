package ingestion

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/tributary-cdk/tributary/ddl"
)

// Values that stand for those known only at deployment, while the rest is
// checked; the function checks all of it again.
const (
	someSchema  = "schema"
	someStream  = "stream"
	someRoleARN = "arn:aws:iam::000000000000:role/role"
)

// problems returns everything that is wrong with the props, by path.
func (p *Props) problems() ddl.Problems {
	var problems ddl.Problems
	add := func(path, message string) { problems = append(problems, ddl.Problem{Path: path, Message: message}) }
	if p.Warehouse == nil {
		add("Warehouse", "required; pass one of package warehouse")
	}
	if p.Stream == nil {
		add("Stream", "required; pass a new or an imported awskinesis stream")
	} else if name := p.Stream.StreamName(); !*awscdk.Token_IsUnresolved(name) {
		for _, problem := range (ddl.Stream{Schema: someSchema, Name: *name}).Check() {
			add("Stream", problem.Message)
		}
	}
	_, err := ddl.Schema{Name: p.SchemaName, RoleARN: someRoleARN, Grants: p.SchemaGrants}.Define()
	for _, problem := range found(err) {
		add(schemaProp(problem.Path), problem.Message)
	}
	if len(p.Views) == 0 {
		add("Views", "required; declare at least one")
	}
	return append(problems, p.viewProblems()...)
}

// schemaProp returns the prop that a field of the schema comes from.
func schemaProp(path string) string {
	if rest, ok := strings.CutPrefix(path, "grants"); ok {
		return "SchemaGrants" + rest
	}
	return "SchemaName"
}

func (p *Props) viewProblems() ddl.Problems {
	var problems ddl.Problems
	seen := map[ddl.Object]int{}
	made := map[ddl.Object]bool{} // the streaming views so far
	for i, view := range p.Views {
		path := fmt.Sprintf("Views[%d]", i)
		if view.From == "" && view.Stream == (ddl.Stream{}) {
			view.Stream = ddl.Stream{Schema: someSchema, Name: someStream}
		}
		d, err := view.Define()
		problems = append(problems, found(err).Under(path)...)
		if err != nil {
			continue
		}
		if view.From != "" && !made[d.From()] {
			problems = append(problems, ddl.Problem{Path: path + ".from", Message: fmt.Sprintf("%q is none of the streaming views before this one; declare it before, in the same schema", view.From)})
		}
		made[d.Object()] = view.From == ""
		if first, ok := seen[d.Object()]; ok {
			problems = append(problems, ddl.Problem{Path: path + ".name", Message: fmt.Sprintf("%q is also Views[%d]; rename one", view.Name, first)})
		} else {
			seen[d.Object()] = i
		}
	}
	return problems
}

// found returns the problems that err holds.
func found(err error) ddl.Problems {
	var problems ddl.Problems
	errors.As(err, &problems)
	return problems
}

// validation reports problems at synthesis, a line each.
type validation struct{ problems ddl.Problems }

// Validate returns the lines.
func (v *validation) Validate() *[]*string {
	lines := make([]*string, len(v.problems))
	for i, p := range v.problems {
		line := p.String()
		lines[i] = &line
	}
	return &lines
}
