package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// peakMemory returns the resident memory of a running process, in megabytes. It is the
// current value, because macOS doesn't report the peak of a process that hasn't ended.
func peakMemory(pid int) (float64, error) {
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec,noctx // the argument is a number
	if err != nil {
		return 0, err
	}
	kilobytes, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return kilobytes / 1024, nil
}
