// Package limit stands in front of everything that the twin serves, and bounds
// what clients can make it hold, before anybody knows who they are:
//
//   - connections, and requests that are served at once;
//   - the bytes of bodies in memory, of each request and of all together;
//   - the time in which headers and bodies arrive, and answers are taken.
//
// A body is a stream until somebody holds it: [wire.ReadBody] asks its Hold, which
// refuses a body that is too large for its operation before it is read, and
// reserves memory for the others. A stream has no such limits, but it has to go
// on.
package limit
