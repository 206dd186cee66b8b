package definition

import "github.com/tributary-cdk/tributary/ddl"

// source returns the keyword for the external schema's source.
func (s ExternalSchema) source() string {
	switch {
	case s.declared.Kafka.ClusterARN != "":
		return "MSK"
	case s.declared.Kafka != ddl.Kafka{}:
		return "KAFKA"
	}
	return "KINESIS"
}

// kafkaClauses returns the clauses that follow IAM_ROLE; "" for Kinesis.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
func kafkaClauses(k ddl.Kafka) string {
	if k == (ddl.Kafka{}) {
		return ""
	}
	sql := authentication(k)
	if k.ClusterARN != "" {
		return sql + " CLUSTER_ARN " + ddl.Literal(k.ClusterARN)
	}
	return sql + " URI " + ddl.Literal(k.URI)
}

func authentication(k ddl.Kafka) string {
	sql := " AUTHENTICATION " + string(k.Authentication)
	if k.CertificateARN != "" {
		sql += " AUTHENTICATION_ARN " + ddl.Literal(k.CertificateARN)
	}
	if k.SecretARN != "" {
		sql += " SECRET_ARN " + ddl.Literal(k.SecretARN)
	}
	return sql
}

// alterKafka returns the step that alters the role, authentication and brokers of an
// external schema that reads Kafka. It returns no steps if they are the same as old's.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_EXTERNAL_SCHEMA.html
func (s ExternalSchema) alterKafka(old ddl.ExternalSchema) []Step {
	d := s.declared
	if d.Kafka == (ddl.Kafka{}) {
		return nil
	}
	sql := ""
	if d.RoleARN != old.RoleARN && d.RoleARN != "" {
		sql += " IAM_ROLE " + ddl.Literal(d.RoleARN)
	}
	if now := authentication(d.Kafka); now != authentication(old.Kafka) {
		sql += now
	}
	if d.Kafka.URI != old.Kafka.URI && d.Kafka.URI != "" {
		sql += " URI " + ddl.Literal(d.Kafka.URI)
	}
	if sql == "" {
		return nil
	}
	return []Step{{Name: StepAlter, SQL: "ALTER EXTERNAL SCHEMA " + ddl.Quote(d.Name) + sql}}
}
