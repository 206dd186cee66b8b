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
	// noExec is the flag of file systems on which no program can run. Where root runs the
	// tests, PostgreSQL's programs are copied into the server's directory.
	noExec = 8
)

// Dir returns a directory whose files are in memory, for PostgreSQL's files: each database
// consists of 300 files, and ext4 takes ten times as long as memory to create and remove
// them. Dir returns "" if the machine has no such directory, or not enough memory. If a
// test is killed, its files stay in the directory until the machine restarts.
func Dir() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < needed || uint64(fs.Flags)&noExec != 0 {
		return ""
	}
	return memory
}

// Start starts a PostgreSQL server, whose files are in Dir.
func Start(ctx context.Context) (*postgres.Server, error) {
	return postgres.Start(ctx, postgres.Options{Temp: Dir()})
}
