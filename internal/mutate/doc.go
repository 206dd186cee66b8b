// Command mutate measures whether tests notice faults. It changes the code of a package
// in many small ways, one at a time, and runs the package's tests after each change.
//
//	go run ./internal/mutate                    the packages that decide what happens to a user's data
//	go run ./internal/mutate ./internal/watch   another package
//
// gremlins makes the changes, which it calls mutants. A mutant is killed if a test fails,
// and lives if none does. It is not covered if no test runs the line. It is not viable if
// it doesn't compile.
//
// gremlins runs "go", and this command puts itself in the place of that, since gremlins
// v0.5.0 is wrong about two things:
//
//   - "go test" exits with 1 where the code doesn't compile, too. gremlins expects 2, and
//     would count a mutant such as "a" - "b" as killed.
//   - Go's coverage profiles leave out the conditions of a switch's cases, and what
//     initializes a package's variables and constants. gremlins would count a mutant there
//     as not covered, although tests run it.
//
// It exits with status 1 if the tests of a package kill less than 95 % of the mutants that
// they run, or run less than 90 % of all.
package main
