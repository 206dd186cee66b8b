// Package grammar checks that every statement which package ddl plans parses
// under Redshift's grammar. It has tests only.
package grammar
