// Package attack tries to get into a twin as strangers would: by SQL, by requests
// of web pages and of other users of the machine, by hostile bodies, zips, headers
// and events, and by an author's expressions. It runs the tributary command as it
// is built, so that an older build can be attacked, too. Command cmd is
// "make attack".
//
// A statement counts as an attack only if PostgreSQL runs it for a superuser with
// no parser in front: that is tried first. Then the parser alone has to refuse it,
// before a superuser; PostgreSQL's rights alone have to refuse it, on a connection
// of the cluster's admin user; and both together, as people meet them.
package attack
