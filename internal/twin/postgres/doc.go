// Package postgres starts the PostgreSQL that stands in for Amazon Redshift in
// the local twin: the build which npm's @embedded-postgres packages carry, at
// one version everywhere. The server is a child process with a data directory
// of its own, reached over a Unix socket only, and made to be thrown away: it
// doesn't wait for the disk, and Close removes all of it.
package postgres
