package lab

import "github.com/tributary-cdk/tributary/ddl"

// Views returns the lab's two views, in the order in which they are created. Their Stream
// is empty: such a view reads the stream of the ingestion that it belongs to.
func Views() []ddl.View { return []ddl.View{rawView(), typedView()} }

// arrival returns the metadata columns with which both views begin. The columns have the
// lab's names, which differ from Redshift's names of the metadata.
func arrival() []ddl.Column {
	return []ddl.Column{
		ddl.MetadataColumn("approximatearrivaltimestamp", ddl.ApproximateArrivalTimestamp),
		ddl.MetadataColumn("partitionkey", ddl.PartitionKey),
		ddl.MetadataColumn("shardid", ddl.ShardID),
		ddl.MetadataColumn("sequencenumber", ddl.SequenceNumber),
	}
}

// rawView returns the view that contains each record in one column.
func rawView() ddl.View {
	return ddl.View{
		Name:    RawView,
		Columns: append(arrival(), ddl.PayloadColumn("payload")),
	}
}

// typedView returns the view that has one column for each field of a record.
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
