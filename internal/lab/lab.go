// Package lab contains the names, the views, the record template and the usage query of
// AWS's lab for streaming ingestion, which the stack in infra automates. The records of
// its stream are charging sessions of electric vehicles.
//
// Source: https://aws.amazon.com/blogs/big-data/real-time-analytics-with-amazon-redshift-streaming-ingestion/
package lab

// The names in the lab.
const (
	ClusterIdentifier = "streaming-cluster"       // the cluster
	Database          = "dev"                     // the database in the cluster
	AdminUsername     = "awsuser"                 // the database user who owns the database
	StreamName        = "ev_stream_data"          // the Kinesis stream
	SchemaName        = "evdata"                  // the external schema that reads the stream
	RawView           = "ev_station_data"         // the view with each record in one SUPER column
	TypedView         = "ev_station_data_extract" // the view with one column for each field of a record
)

// The columns of TypedView that UsageQuery aggregates.
const (
	EnergyColumn = "kwhdelivered" // the energy of a charging session, in kWh
	UserColumn   = "userid"       // the user who charged the vehicle
)

// RecordTemplate is the template of a record, in the language of the Kinesis Data
// Generator. A record is one charging session, and all its values are strings.
const RecordTemplate = `{
    "_id": "{{random.uuid}}",
    "clusterID": "{{random.number({"min":1, "max":50})}}",
    "connectionTime": "{{date.now("YYYY-MM-DD HH:mm:ss")}}",
    "kWhDelivered": "{{commerce.price}}",
    "stationID": "{{random.number({"min":1, "max":467})}}",
    "spaceID": "{{random.word}}-{{random.number({"min":1, "max":20})}}",
    "timezone": "America/Los_Angeles",
    "userID": "{{random.number({"min":1000, "max":500000})}}"
}
`

// UsageQuery returns usage statistics: the energy and the number of users for each time
// at which vehicles were connected, newest first.
const UsageQuery = `SELECT to_timestamp(connectiontime, 'YYYY-MM-DD HH24:MI:SS') AS connectiontime, ` +
	`SUM(kwhdelivered) AS energy_consumed, COUNT(DISTINCT userid) AS "#Users" ` +
	`FROM ` + TypedView + ` GROUP BY 1 ORDER BY 1 DESC`
