package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// text is a comment, or a string that a person may read: an error, a help line.
type text struct {
	file  string
	line  int    // counted from 1
	kind  string // "comment", "string" or "help"
	shown string // its lines, each marked by ">", between the lines around them
}

// around is how many lines of code are shown before and after a text.
const around = 4

// textAt returns the text in lines first to last of file, counted from 1.
func textAt(file, kind string, lines []string, first, last int) text {
	var shown strings.Builder
	for n := max(1, first-around); n <= min(last+around, len(lines)); n++ {
		mark := " "
		if first <= n && n <= last {
			mark = ">"
		}
		fmt.Fprintf(&shown, "%s %s\n", mark, lines[n-1])
	}
	return text{file, first, kind, shown.String()}
}

// goTexts returns the comments of a Go file and, unless it is a test, its strings
// of three words and more that are not SQL.
func goTexts(file, source string) ([]text, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(source, "\n")
	var texts []text
	for _, group := range tree.Comments {
		if group.Text() == "" || strings.HasPrefix(group.Text(), "Output:") || ast.IsGenerated(tree) {
			continue // a directive, or what an example prints
		}
		texts = append(texts, textAt(file, "comment", lines, set.Position(group.Pos()).Line, set.Position(group.End()).Line))
	}
	if strings.HasSuffix(file, "_test.go") {
		return texts, nil
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err == nil && isProse(value) {
			texts = append(texts, textAt(file, "string", lines, set.Position(literal.Pos()).Line, set.Position(literal.End()).Line))
		}
		return true
	})
	return texts, nil
}

// isProse reports whether s has three words or more and begins neither as SQL nor as a
// header of HTTP does.
func isProse(s string) bool {
	words := strings.Fields(s)
	if len(words) < 3 || strings.Contains(s, "\r\n") {
		return false
	}
	first := words[0]
	shouted := first == strings.ToUpper(first) && first != strings.ToLower(first) && len(first) > 1
	return !shouted || acronyms[first]
}

// acronyms are words in capitals that begin sentences, and no SQL.
var acronyms = map[string]bool{"AWS": true, "CDK": true, "SQL": true, "IAM": true}

// scriptTexts returns the comments of a shell script or of the Makefile. The Makefile's
// help lines are comments, too.
func scriptTexts(file, source string) []text {
	lines := strings.Split(source, "\n")
	var texts []text
	first := 0 // the first line of the comment being read; 0 outside of comments
	for i, line := range lines {
		isComment := strings.HasPrefix(strings.TrimSpace(line), "#") && !strings.HasPrefix(line, "#!")
		switch {
		case isComment && first == 0:
			first = i + 1
		case !isComment && first != 0:
			texts = append(texts, textAt(file, "comment", lines, first, i))
			first = 0
		}
		if !isComment && strings.Contains(line, "## ") {
			texts = append(texts, textAt(file, "help", lines, i+1, i+1))
		}
	}
	return texts
}
