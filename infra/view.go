package main

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// views reads views, which replace the two views of the lab. All streaming views read the
// stack's stream.
func views(field *[]ddl.View) func(any) error {
	return func(value any) error {
		parsed, err := asJSON(value)
		if err != nil {
			return fmt.Errorf("not JSON: %w; write a list of views", err)
		}
		declared, problems := ddl.Decode[[]ddl.View](parsed)
		reported := map[string]bool{}
		for _, p := range problems {
			reported[p.Path] = true
		}
		for i, view := range declared {
			var found ddl.Problems
			if view.Stream != (ddl.Stream{}) {
				found = ddl.Problems{{Path: "stream", Message: "is the same for every view, and the stack sets it; remove it"}}
			}
			if view.Stream = (ddl.Stream{}); view.From == "" {
				view.Stream = ddl.Stream{Schema: "schema", Name: "stream"} // a placeholder: the stack sets the stream
			}
			_, more := view.Check()
			for _, p := range append(found, more...).Under(fmt.Sprintf("[%d]", i)) {
				if !reported[p.Path] {
					problems = append(problems, p)
				}
			}
		}
		switch {
		case len(problems) > 0:
			return problems
		case len(declared) == 0:
			return got(parsed, "a list of at least one view")
		}
		*field = declared
		return nil
	}
}
