package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// quietly runs f, its words to standard error unheard: jsii.Close reports in
// most runs that a process which it has already awaited is gone.
func quietly(f func()) {
	stderr := os.Stderr
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
		defer func() { os.Stderr = stderr; _ = null.Close() }()
	}
	f()
}

// validationLine is how CDK begins what a construct's validation found.
var validationLine = regexp.MustCompile(`(?s)Validation failed with the following errors:\s*(.*)`)

// readable returns what jsii panicked with, without its wrapping.
func readable(problem any) string {
	text := strings.TrimSpace(fmt.Sprint(problem))
	if m := validationLine.FindStringSubmatch(text); m != nil {
		text = strings.TrimSpace(m[1])
		var lines []string
		for _, line := range strings.Split(text, "\n") {
			lines = append(lines, strings.TrimSpace(line))
		}
		return "The stack can't be synthesized:\n  " + strings.Join(lines, "\n  ")
	}
	return text
}
