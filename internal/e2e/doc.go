// Package e2e tests Tributary's function on the local twin, in one process: the
// real handler, its statements through the Redshift Data API over HTTP, on the
// twin's warehouse and streams. It has tests only; what they measure is in
// docs/replacement.md.
package e2e
