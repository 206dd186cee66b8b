// Package e2e contains tests of Tributary's function on the local twin, in one process.
// The tests call the real handler. It sends its statements over HTTP to the twin's
// Redshift Data API, which runs them on the twin's SQL engine with the twin's streams.
// docs/replacement.md contains the results of the benchmark.
package e2e
