// Package grammar tests that every statement in the plans of package definition is valid in
// the Redshift grammar of github.com/bytebase/parser. The package has only tests. They are a
// Go module of their own, since the parser takes a minute and a half to compile.
package grammar
