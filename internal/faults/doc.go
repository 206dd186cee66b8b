// Package faults tries Tributary's function against everything that can go
// wrong. It runs the real binary as Lambda does, over a Runtime API, on the
// twin's Data API behind a proxy that injects faults, and plays CloudFormation:
// creates, updates, rollbacks with swapped properties, deletes.
//
// After each fault, what CloudFormation believes is held against the database:
// a view that exists has the definition that CloudFormation knows, a live entry
// in the ledger, and nothing beside it; of one that doesn't exist nothing is
// left. And every record that was put into the stream is in the view or in one
// of its kept tables, once.
//
// A seed decides over the life of one view: what happens to it, and which
// faults. Only the interleaving of processes is not the seed's.
package faults
