// Package invalid lets a construct report all problems of its props at once when the app
// is synthesized, each with the path of the prop. You can use it in constructs of your own.
package invalid

import (
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/tributary-cdk/tributary/ddl"
)

// Report makes the synthesis fail with the problems, if there are any. It returns whether
// there are any.
func Report(construct constructs.IConstruct, problems ddl.Problems) bool {
	if len(problems) == 0 {
		return false
	}
	construct.Node().AddValidation(&validation{problems})
	return true
}

// validation is a CDK validation that always finds the problems.
type validation struct{ problems ddl.Problems }

// Validate returns the problems, each as a line of text.
func (v *validation) Validate() *[]*string {
	lines := make([]*string, len(v.problems))
	for i, p := range v.problems {
		line := p.String()
		lines[i] = &line
	}
	return &lines
}
