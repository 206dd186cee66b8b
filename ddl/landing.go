package ddl

// Landing declares a view that holds each record whole, with all that Redshift
// knows of it: what plain views are made over. It never needs to change, so its
// rows never have to move.
func Landing(name string) View { return landing(name, kinesisMetadata) }

// LandingTopic is [Landing] for a topic of Apache Kafka.
func LandingTopic(name string) View { return landing(name, kafkaMetadata) }

func landing(name string, metadata []Metadata) View {
	v := View{Name: name}
	for _, m := range metadata {
		v.Columns = append(v.Columns, MetadataColumn(string(m), m))
	}
	v.Columns = append(v.Columns, PayloadColumn(landingPayload))
	return v
}

// landingPayload is the column of a streaming view from which plain views over
// it take fields.
const landingPayload = "payload"
