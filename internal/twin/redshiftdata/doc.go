// Package redshiftdata is the local twin's Redshift Data API. It runs statements in the
// background, describes, lists and cancels them, and returns their results in pages.
//
// It doesn't support sessions (SessionId, SessionKeepAliveSeconds), results as CSV, or
// events (WithEvent): a request for them fails with an error that says so.
//
// Where AWS documents the text of an error, the error has that text. The other texts are
// the twin's own.
//
// Sources: https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html
// and https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
package redshiftdata
