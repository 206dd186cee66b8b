// Package redshiftdata is the local twin's Redshift Data API: statements that
// run in the background, are described, listed and cancelled, and whose
// results are fetched page by page.
//
// What it refuses by name: sessions (SessionId, SessionKeepAliveSeconds),
// results as CSV, and events (WithEvent).
//
// Sources: https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html
// and https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html; where
// they don't give a message's words, the words are the twin's own.
package redshiftdata
