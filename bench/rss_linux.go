package main

import (
	"bytes"
	"fmt"
	"os"
)

// peakMemory returns the most megabytes that a running process has had. The
// kernel's account of an ended one would count what this process had when it
// forked, too.
func peakMemory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	var kilobytes float64
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscanf(string(after), "%f kB", &kilobytes); err != nil {
		return 0, fmt.Errorf("peak memory of process %d: %w", pid, err)
	}
	return kilobytes / 1024, nil
}
