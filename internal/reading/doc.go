// Command reading picks comments, errors and help lines at random, for a reading
// test: somebody who has not seen them before says of each what it means.
//
//	go run ./internal/reading -seed 7               60 texts, picked by seed 7
//	go run ./internal/reading -seed 7 ./ddl ./cmd   60 texts of these directories
//	go run ./internal/reading -n 0 ./ddl            all texts of package ddl, in order
//
// Equal files and an equal seed give equal texts.
package main
