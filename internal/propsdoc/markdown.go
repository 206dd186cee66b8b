package propsdoc

import (
	"fmt"
	"path"
	"strings"
)

const introduction = `# Props

Every prop of every construct, its default, and what changing it does to a running stack. Made from the comments in the code by ` + "`go test ./internal/propsdoc -update`" + `.

*In place* means that nothing stops and nothing is lost. *Interrupts* means that the warehouse is away for a while. *Replaces* means that another one is made, and that the old one, with what it holds, goes as its RemovalPolicy says. *Refused* means that the deployment ends with an error that says what to do instead, and everything stays as it was.
`

// Markdown returns the page.
func Markdown(structs []Struct) string {
	var page strings.Builder
	page.WriteString(introduction)
	for _, s := range structs {
		fmt.Fprintf(&page, "\n## %s.%s\n\n%s\n\n| prop | default | changing it |\n|---|---|---|\n", path.Base(s.Package), s.Name, cell(s.Doc))
		for _, p := range s.Props {
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", p.Name, cell(p.Default), cell(p.Change))
		}
	}
	return page.String()
}

// cell returns text that can stand in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "[", "", "]", "", "<", "&lt;").Replace(text)
}
