// Package limit provides the local twin's HTTP server. The server limits the resources
// that clients can use before the twin has verified their signatures:
//
//   - the number of connections and of concurrent requests;
//   - the bytes of bodies in memory, of each request and of all requests together;
//   - the time for sending headers and bodies, and for receiving responses.
//
// A handler that reads a body into memory uses [wire.ReadBody], which calls the body's
// Hold. Hold reserves the memory, and returns an error for a body that is too large for
// its operation. A handler that reads a body as a stream has no such limit, but the body
// must not stall.
package limit
