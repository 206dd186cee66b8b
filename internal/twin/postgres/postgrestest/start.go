// Package postgrestest starts PostgreSQL for tests.
package postgrestest

import (
	"context"
	"syscall"

	"github.com/tributary-cdk/tributary/internal/twin/postgres"
)

const (
	// memory is a directory of Linux whose files are in memory.
	memory = "/dev/shm"
	// needed is the free memory in bytes that memory must have. The tests of one package
	// use less.
	needed = 2 << 30
)

// Start starts a PostgreSQL server. Its files are in memory if the machine has enough:
// each database consists of 300 files, and ext4 takes ten times as long as memory to
// create and remove them. If a test is killed, the files stay until the machine restarts.
func Start(ctx context.Context) (*postgres.Server, error) {
	var options postgres.Options
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && fs.Bavail*uint64(fs.Bsize) >= needed {
		options.Temp = memory
	}
	return postgres.Start(ctx, options)
}
