// Package depth limits how deeply the JSON and XML in requests to the local twin may
// nest, and how many tokens XML may have. The twin has recursive functions for decoded
// values, and the limits bound their recursion.
package depth
