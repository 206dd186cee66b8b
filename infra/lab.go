package main

import "github.com/tributary-cdk/tributary/ddl"

// lab returns the settings of the AWS lab that the stack automates: its names,
// its stream, and its two views with their columns and types.
func lab() *Config {
	return &Config{
		Warehouse:  Warehouse{Kind: cluster, ClusterIdentifier: "streaming-cluster", NodeType: "ra3.large", Database: "dev", AdminUsername: "awsuser"},
		Stream:     Stream{Name: "ev_stream_data", RetentionHours: leastRetention},
		SchemaName: "evdata",
		Views:      []ddl.View{rawView(), typedView()},
	}
}

// arrival returns the columns with which both views begin. The lab's names are
// older than today's Redshift, which calls them otherwise.
func arrival() []ddl.Column {
	return []ddl.Column{
		ddl.MetadataColumn("approximatearrivaltimestamp", ddl.ApproximateArrivalTimestamp),
		ddl.MetadataColumn("partitionkey", ddl.PartitionKey),
		ddl.MetadataColumn("shardid", ddl.ShardID),
		ddl.MetadataColumn("sequencenumber", ddl.SequenceNumber),
	}
}

// rawView returns the view that holds each record whole.
func rawView() ddl.View {
	return ddl.View{
		Name:    "ev_station_data",
		Columns: append(arrival(), ddl.PayloadColumn("payload")),
	}
}

// typedView returns the view that holds each field of a record as a column.
func typedView() ddl.View {
	return ddl.View{
		Name: "ev_station_data_extract",
		Columns: append(
			arrival(),
			ddl.FieldColumn("id", "CHAR(36)", "_id"),
			ddl.FieldColumn("clusterid", "VARCHAR(30)", "clusterID"),
			ddl.FieldColumn("connectiontime", "VARCHAR(20)", "connectionTime"),
			ddl.FieldColumn("kwhdelivered", "DECIMAL(10,2)", "kWhDelivered"),
			ddl.FieldColumn("stationid", "DECIMAL(10,2)", "stationID"),
			ddl.FieldColumn("spaceid", "VARCHAR(100)", "spaceID"),
			ddl.FieldColumn("timezone", "VARCHAR(30)", "timezone"),
			ddl.FieldColumn("userid", "VARCHAR(30)", "userID"),
		),
		DistKey: "id",
		SortKey: []string{"approximatearrivaltimestamp"},
	}
}

// usageQuery is the lab's usage statistics.
const usageQuery = `SELECT to_timestamp(connectiontime, 'YYYY-MM-DD HH24:MI:SS') AS connectiontime, ` +
	`SUM(kwhdelivered) AS energy_consumed, COUNT(DISTINCT userid) AS "#Users" ` +
	`FROM ev_station_data_extract GROUP BY 1 ORDER BY 1 DESC`
