// Package faults tests Tributary's function by fault injection. It runs the
// compiled binary as Lambda does, through the Lambda Runtime API. The function's
// AWS calls go through a proxy, which injects faults, to the twin's services. The
// package also takes the part of CloudFormation: it sends creates, updates,
// rollbacks (updates with old and new properties swapped) and deletes.
//
// After each step it compares the database with the state that CloudFormation
// has recorded. An object that exists must have the recorded definition and one
// live entry in the ledger, and the database must contain no leftovers of the step.
// An object that was deleted must leave nothing behind. Every record that was put
// into the stream must be in the view or in one of its kept tables, and no table
// may contain a record twice.
//
// Each seed gives one random scenario: the steps for one object, and the faults to
// inject. The seed does not control how concurrent processes interleave.
package faults
