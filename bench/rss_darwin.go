package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// peakMemory returns the megabytes that a running process has: macOS tells no
// more of a process that hasn't ended.
func peakMemory(pid int) (float64, error) {
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec,noctx // a number
	if err != nil {
		return 0, err
	}
	kilobytes, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return kilobytes / 1024, nil
}
