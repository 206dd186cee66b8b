// Package sqlengine runs Redshift's SQL for the local twin. Its Engine has clusters,
// whose databases lie in one PostgreSQL server, and runs statements on them,
// streaming materialized views included. The packages redshift and redshiftserverless
// make the clusters; redshiftdata sends the statements. What a statement means is
// read by the package rsql, which also lists how its text is changed for
// PostgreSQL; catalog.sql has the functions and system views that Redshift has
// and PostgreSQL lacks.
//
// A streaming view is a table that only a refresh can write to. A refresh
// reads every shard of the stream after its last sequence number into a
// temporary table, inserts into the view what the view's own SELECT makes of
// it, and moves the checkpoints, all in one transaction: an error in any
// record leaves rows and checkpoints as they were. It ends when it has read
// what was in the stream at its start. Refreshes of one view run one after
// another.
//
// SQL reaches nothing outside of its database. The parser, rsql, refuses what it
// doesn't know. Behind it, statements run on connections of roles that are no
// superusers and own only what is in their database; and rights.sql takes from
// those roles what PostgreSQL gives to everybody and what reaches files, programs,
// settings, sessions or other databases. The parser, and roles and rights, are each
// enough alone: "make attack" tries them so.
//
// What is not like Redshift: users, groups and roles are of one kind, and a name is
// taken in all clusters, although a user connects to its own cluster only; streaming
// DDL runs as the admin user or an IAM identity's own user only; distribution and sort
// keys are remembered and checked, but move no rows.
package sqlengine
