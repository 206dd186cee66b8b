package lab

import "github.com/tributary-cdk/tributary/ddl"

// Views returns the lab's two views, in the order in which they are made. They read the
// stream that a view reads which names none: that of its ingestion.
func Views() []ddl.View { return []ddl.View{rawView(), typedView()} }

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
		Name:    RawView,
		Columns: append(arrival(), ddl.PayloadColumn("payload")),
	}
}

// typedView returns the view that holds each field of a record as a column.
func typedView() ddl.View {
	return ddl.View{
		Name: TypedView,
		Columns: append(
			arrival(),
			ddl.FieldColumn("id", "CHAR(36)", "_id"),
			ddl.FieldColumn("clusterid", "VARCHAR(30)", "clusterID"),
			ddl.FieldColumn("connectiontime", "VARCHAR(20)", "connectionTime"),
			ddl.FieldColumn(EnergyColumn, "DECIMAL(10,2)", "kWhDelivered"),
			ddl.FieldColumn("stationid", "DECIMAL(10,2)", "stationID"),
			ddl.FieldColumn("spaceid", "VARCHAR(100)", "spaceID"),
			ddl.FieldColumn("timezone", "VARCHAR(30)", "timezone"),
			ddl.FieldColumn(UserColumn, "VARCHAR(30)", "userID"),
		),
		DistKey: "id",
		SortKey: []string{"approximatearrivaltimestamp"},
	}
}
