// Package invalid lets constructs tell all that is wrong with their props at once,
// each under its path, when the app is synthesized. Constructs of your own can use it
// beside Tributary's.
package invalid

import (
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/tributary-cdk/tributary/ddl"
)

// Report fails the synthesis with the problems, and reports whether there are any.
func Report(construct constructs.IConstruct, problems ddl.Problems) bool {
	if len(problems) == 0 {
		return false
	}
	construct.Node().AddValidation(&validation{problems})
	return true
}

// validation hands problems to the CDK.
type validation struct{ problems ddl.Problems }

// Validate returns the problems, a line each.
func (v *validation) Validate() *[]*string {
	lines := make([]*string, len(v.problems))
	for i, p := range v.problems {
		line := p.String()
		lines[i] = &line
	}
	return &lines
}
