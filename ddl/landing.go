package ddl

// Landing returns the declaration of a landing view: a streaming view with one column for
// each metadata column of a Kinesis stream, and the column "payload" with the whole record.
// Plain views (a [View] with From) select from it. Since a landing view never needs other
// columns, it never needs to be replaced.
func Landing(name string) View { return landing(name, kinesisMetadata) }

// LandingTopic is like [Landing], but returns a landing view of a Kafka topic.
func LandingTopic(name string) View { return landing(name, kafkaMetadata) }

func landing(name string, metadata []Metadata) View {
	v := View{Name: name}
	for _, m := range metadata {
		v.Columns = append(v.Columns, MetadataColumn(string(m), m))
	}
	v.Columns = append(v.Columns, PayloadColumn(landingPayload))
	return v
}

// landingPayload is the column of a streaming view from which plain views extract fields.
const landingPayload = "payload"
