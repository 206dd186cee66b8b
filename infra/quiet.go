package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// quietly runs f without its output to standard error. In most runs, jsii.Close reports that a
// process doesn't exist, after it has waited for the end of that process.
func quietly(f func()) {
	stderr := os.Stderr
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
		defer func() { os.Stderr = stderr; _ = null.Close() }()
	}
	f()
}

// validationLine matches CDK's error of problems that the validation of constructs found.
var validationLine = regexp.MustCompile(`(?s)Validation failed with the following errors:\s*(.*)`)

// readable returns the text of a panic of jsii, without the prefixes that jsii and CDK add.
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
