// Package grammar checks that every statement which package definition plans parses
// under Redshift's grammar, as github.com/bytebase/parser has it. It has tests
// only, in a module of their own: the parser takes a minute and a half to
// compile, which no user shall wait for.
package grammar
