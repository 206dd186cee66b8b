// Package sqlengine runs Redshift's SQL for the local twin. An Engine contains clusters and
// runs statements in their databases, which are databases of one PostgreSQL server. It also
// refreshes streaming views. The packages redshift and redshiftserverless create the
// clusters, and redshiftdata sends the statements. The package rsql parses a statement and
// rewrites its text for PostgreSQL. The files catalog.sql and systemviews.sql define
// functions and system views of Redshift that PostgreSQL doesn't have.
//
// A streaming view is a table to which only a refresh can write. A refresh reads the records
// of each shard after the shard's checkpoint into a temporary table, inserts the result of
// the view's SELECT over that table into the view, and updates the checkpoints. All of this
// is one transaction, so an error in any record changes neither rows nor checkpoints. A
// refresh ends when it has read the records that were in the stream when it started. Two
// refreshes of the same view never run at the same time.
//
// A statement can't access anything outside its database. The parser, rsql, refuses what it
// doesn't know. In addition, statements run on connections of roles that are not superusers
// and own only objects in their database, and rights.sql revokes privileges on files,
// programs, settings, sessions and other databases that PostgreSQL grants to every role. The
// parser is sufficient without the roles and privileges, and they are sufficient without the
// parser: "make attack" tests each of the two alone.
//
// Differences from Redshift:
//
//   - Users, groups and roles are all PostgreSQL roles. A name can be used only once in all
//     clusters, although a user can connect to its own cluster only.
//   - DDL on streams runs as the admin user or an IAM identity's own user only.
//   - Distribution and sort keys are stored and checked, but don't affect where rows are.
package sqlengine
