package propsdoc

import (
	"fmt"
	"path"
	"strings"
)

const introduction = `# Props

All props of all constructs: what each one is, its default, and what a change of it does to a deployed stack. This page is generated from the comments in the code by ` + "`go test ./internal/propsdoc -update`" + `.

*In place* means that nothing is interrupted and no data is lost. *Interrupts* means that the warehouse is unavailable for some time. *Replaces* means that the deployment creates another resource; the RemovalPolicy of the old resource determines what happens to it and its data. *Refused* means that the deployment fails with an error that says what to do instead, and changes nothing.
`

// Markdown returns docs/props.md.
func Markdown(structs []Struct) string {
	var page strings.Builder
	page.WriteString(introduction)
	for _, s := range structs {
		fmt.Fprintf(&page, "\n## %s.%s\n\n%s\n\n| prop | purpose | default | a change |\n|---|---|---|---|\n", path.Base(s.Package), s.Name, cell(s.Doc))
		for _, p := range s.Props {
			fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", p.Name, cell(p.purpose()), cell(p.Default), cell(p.Change))
		}
	}
	return page.String()
}

// purpose returns the first sentence of the prop's comment without its subject and full stop:
// "the size" for "Size is the size.".
func (p Prop) purpose() string {
	text := strings.TrimSuffix(strings.TrimPrefix(p.Doc, p.Name+" "), ".")
	return strings.TrimPrefix(strings.TrimPrefix(text, "is "), "are ")
}

// cell returns text for a cell of a table: it escapes what Markdown would interpret, and removes
// the brackets of links to Go symbols.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "[", "", "]", "", "<", "&lt;").Replace(text)
}
