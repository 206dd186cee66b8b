package main

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// views reads the views that take the place of the lab's two. All streaming ones read
// the stack's own stream.
func views(field *[]ddl.View) func(any) error {
	return func(value any) error {
		parsed, err := asJSON(value)
		if err != nil {
			return fmt.Errorf("not JSON: %w; write a list of views", err)
		}
		declared, problems := ddl.Decode[[]ddl.View](parsed)
		told := map[string]bool{}
		for _, p := range problems {
			told[p.Path] = true
		}
		for i, view := range declared {
			var found ddl.Problems
			if view.Stream != (ddl.Stream{}) {
				found = ddl.Problems{{Path: "stream", Message: "is the stack's own, for every view; leave it out"}}
			}
			if view.Stream = (ddl.Stream{}); view.From == "" {
				view.Stream = ddl.Stream{Schema: "schema", Name: "stream"} // some: it is known at synthesis only
			}
			_, more := view.Check()
			for _, p := range append(found, more...).Under(fmt.Sprintf("[%d]", i)) {
				if !told[p.Path] {
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
