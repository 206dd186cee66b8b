// Package propsdoc generates docs/props.md, a reference of all props of all constructs: what a
// prop is, its default, and what a change of it does to a deployed stack. It reads these from
// the comments of the props: from the first sentence, from the paragraph "Required." or
// "Default: …", and from the paragraph "Change: …".
package propsdoc

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Struct is a struct type of props.
type Struct struct {
	Package string // such as "constructs/warehouse"
	Name    string // such as "ClusterProps"
	Doc     string // the first sentence of its comment
	Props   []Prop // in the order of the source
}

// Prop is a field of a Struct.
type Prop struct {
	Name    string
	Doc     string // the first sentence of its comment
	Default string // "required", or the default
	Change  string // what a change of the prop does to a deployed stack
}

// Read returns the props in the packages, whose paths are relative to root. It returns each
// exported struct that has a name ending in Props or Attributes, or a field whose comment has the
// paragraph "Change: …". The error lists the fields whose comment lacks a paragraph.
func Read(root string, packages ...string) ([]Struct, error) {
	var (
		structs []Struct
		errs    []error
	)
	for _, pkg := range packages {
		found, err := readPackage(root, pkg)
		structs, errs = append(structs, found...), append(errs, err)
	}
	return structs, errors.Join(errs...)
}

// readPackage returns the props in one package.
func readPackage(root, pkg string) ([]Struct, error) {
	files, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: %w", pkg, fs.ErrNotExist)
	}
	var (
		structs []Struct
		errs    []error
	)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declared := range typesOf(parsed) {
			s, err := readStruct(pkg, declared)
			if errs = append(errs, err); len(s.Props) > 0 {
				structs = append(structs, s)
			}
		}
	}
	slices.SortStableFunc(structs, func(a, b Struct) int { return order(a) - order(b) })
	return structs, errors.Join(errs...)
}

// order returns the position of a struct in its package: first the props of constructs, then
// the attributes of imported resources, then the structs that they contain.
func order(s Struct) int {
	switch {
	case s.Name == "Props" || strings.HasSuffix(s.Name, "Props"):
		return 0
	case strings.HasSuffix(s.Name, "Attributes"):
		return 1
	}
	return 2
}

// declaredType is an exported struct type with its comment.
type declaredType struct {
	name   string
	doc    *ast.CommentGroup
	fields *ast.FieldList
}

// typesOf returns the exported struct types of a file.
func typesOf(file *ast.File) []declaredType {
	var found []declaredType
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		for _, spec := range general.Specs {
			named, ok := spec.(*ast.TypeSpec)
			if !ok || !named.Name.IsExported() {
				continue
			}
			if body, ok := named.Type.(*ast.StructType); ok {
				found = append(found, declaredType{named.Name.Name, general.Doc, body.Fields})
			}
		}
	}
	return found
}

// readStruct returns the props of a struct. It returns an empty Struct if the type isn't one that
// [Read] returns.
func readStruct(pkg string, t declaredType) (Struct, error) {
	s := Struct{Package: pkg, Name: t.name, Doc: firstSentence(t.doc.Text())}
	var errs []error
	isProps := order(s) < 2
	for _, field := range t.fields.List {
		for _, name := range field.Names {
			if !name.IsExported() {
				continue
			}
			p, err := readProp(name.Name, field.Doc.Text())
			if err != nil {
				err = fmt.Errorf("%s.%s.%s: %w", pkg, t.name, name.Name, err)
			}
			isProps = isProps || p.Change != ""
			s.Props, errs = append(s.Props, p), append(errs, err)
		}
	}
	if !isProps {
		return Struct{}, nil
	}
	return s, errors.Join(errs...)
}

// readProp returns the prop with this comment.
func readProp(name, comment string) (Prop, error) {
	p := Prop{Name: name, Doc: firstSentence(comment)}
	for _, paragraph := range strings.Split(comment, "\n\n") {
		text := strings.Join(strings.Fields(paragraph), " ")
		if rest, ok := strings.CutPrefix(text, "Required"); ok {
			p.Default = "required" + strings.TrimSuffix(rest, ".")
		}
		if rest, ok := strings.CutPrefix(text, "Default: "); ok {
			p.Default = strings.TrimSuffix(rest, ".")
		}
		if rest, ok := strings.CutPrefix(text, "Change: "); ok {
			p.Change = strings.TrimSuffix(rest, ".")
		}
	}
	var errs []error
	if p.Default == "" {
		errs = append(errs, errors.New(`no paragraph "Default: …" or "Required."`))
	}
	if p.Change == "" {
		errs = append(errs, errors.New(`no paragraph "Change: …" with what a change does to a deployed stack`))
	}
	return p, errors.Join(errs...)
}

// firstSentence returns a comment up to the end of its first sentence.
func firstSentence(comment string) string {
	text := strings.Join(strings.Fields(strings.SplitN(comment, "\n\n", 2)[0]), " ")
	if sentence, _, more := strings.Cut(text, ". "); more {
		return sentence + "."
	}
	return text
}
