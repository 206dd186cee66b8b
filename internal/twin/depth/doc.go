// Package depth refuses JSON and XML that nests too deeply, or that holds too
// much, before anything decodes it. What the twin does with decoded values it
// often does recursively: behind these checks, that recursion is bounded.
package depth
