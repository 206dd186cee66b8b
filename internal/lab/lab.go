// Package lab holds AWS's lab of streaming ingestion, which the stack in infra
// automates: its names, its two views, the template of its records and its usage
// query. Its stream carries the charging sessions of electric vehicles.
//
// Source: https://aws.amazon.com/blogs/big-data/real-time-analytics-with-amazon-redshift-streaming-ingestion/
package lab

// The lab's names.
const (
	ClusterIdentifier = "streaming-cluster"       // the warehouse
	Database          = "dev"                     // the database in it
	AdminUsername     = "awsuser"                 // the user who owns the database
	StreamName        = "ev_stream_data"          // the Kinesis stream
	SchemaName        = "evdata"                  // the external schema by which the database reads the stream
	RawView           = "ev_station_data"         // the view that holds each record whole
	TypedView         = "ev_station_data_extract" // the view that holds each field of a record as a column
)

// The columns of TypedView that the usage statistics sum up and count.
const (
	EnergyColumn = "kwhdelivered" // in kWh
	UserColumn   = "userid"
)

// RecordTemplate makes the records: a charging session each, all of whose values are
// strings. It is in the language of the Kinesis Data Generator.
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

// UsageQuery is the usage statistics: energy and users by the time at which a vehicle
// was connected, the newest first.
const UsageQuery = `SELECT to_timestamp(connectiontime, 'YYYY-MM-DD HH24:MI:SS') AS connectiontime, ` +
	`SUM(kwhdelivered) AS energy_consumed, COUNT(DISTINCT userid) AS "#Users" ` +
	`FROM ` + TypedView + ` GROUP BY 1 ORDER BY 1 DESC`
