package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"golang.org/x/tools/cover"
)

const module = "github.com/tributary-cdk/tributary/"

// completeProfile adds to a coverage profile what Go leaves out of it: the conditions of
// the cases of each switch that was run, and the values of a package's variables and
// constants. It reads the sources from the current directory, the module's root.
func completeProfile(file string) error {
	profiles, err := cover.ParseProfiles(file)
	if err != nil {
		return err
	}
	var added strings.Builder
	for _, p := range profiles {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, strings.TrimPrefix(p.FileName, module), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, node := range leftOut(set, tree, p.Blocks) {
			from, to := set.Position(node.Pos()), set.Position(node.End())
			fmt.Fprintf(&added, "%s:%d.%d,%d.%d 1 1\n", p.FileName, from.Line, from.Column, to.Line, to.Column)
		}
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0) // #nosec G304 G703 -- gremlins named it
	if err != nil {
		return err
	}
	_, err = f.WriteString(added.String())
	return errors.Join(err, f.Close())
}

// leftOut returns the expressions of a file that tests ran and that no block contains.
func leftOut(set *token.FileSet, tree *ast.File, blocks []cover.ProfileBlock) []ast.Node {
	var found []ast.Node
	for _, decl := range tree.Decls {
		if values, ok := decl.(*ast.GenDecl); ok && !containsFunction(values) {
			found = append(found, values)
		}
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		if s, ok := node.(*ast.SwitchStmt); ok && wasRun(set.Position(s.Pos()), blocks) {
			for _, statement := range s.Body.List {
				if clause, ok := statement.(*ast.CaseClause); ok {
					for _, condition := range clause.List {
						found = append(found, condition)
					}
				}
			}
		}
		return true
	})
	return found
}

// containsFunction reports whether a declaration holds a function literal, whose body has
// blocks of its own.
func containsFunction(decl ast.Node) bool {
	contains := false
	ast.Inspect(decl, func(node ast.Node) bool {
		_, isFunction := node.(*ast.FuncLit)
		contains = contains || isFunction
		return !contains
	})
	return contains
}

// wasRun reports whether the block that contains the position was run.
func wasRun(at token.Position, blocks []cover.ProfileBlock) bool {
	for _, b := range blocks {
		begins := b.StartLine < at.Line || b.StartLine == at.Line && b.StartCol <= at.Column
		ends := at.Line < b.EndLine || at.Line == b.EndLine && at.Column < b.EndCol
		if begins && ends && b.Count > 0 {
			return true
		}
	}
	return false
}
