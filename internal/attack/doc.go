// Package attack tests the security of the twin. It attacks a running twin with SQL
// statements, with requests from web pages and from other users of the machine, with
// malicious bodies, headers, zip files and events, and with malicious SQL expressions
// in views. It runs a compiled tributary command, so older builds can be attacked too.
// "make attack" runs the command in the directory cmd.
//
// An SQL statement counts as an attack only if PostgreSQL runs it for a superuser
// without the twin's SQL parser. The package checks this first. Then it tries the
// statement against each defence: against the parser alone, with the admin user as a
// superuser; against PostgreSQL's privileges alone, on a direct connection of the
// cluster's admin user; and against both together, as in normal use. Each
// defence must refuse the statement.
package attack
