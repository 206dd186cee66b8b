package main

import (
	"bytes"
	"fmt"
	"os"
)

// peakMemory returns the peak resident memory of a running process, in megabytes. It is
// read before the process ends, because the peak that wait returns also includes this
// process's memory at the time of the fork.
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
