package ddl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Kafka identifies an Apache Kafka cluster, and how Redshift authenticates itself to it. An
// Amazon MSK cluster is identified by its ARN or its brokers, Confluent Cloud and
// self-managed clusters by their brokers.
//
// Not tested against a Kafka cluster: the implementation follows the AWS documentation.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
type Kafka struct {
	// ClusterARN is the ARN of an Amazon MSK cluster.
	//
	// Required, unless URI is set.
	//
	// Change: refused. Give SchemaName and the views new names.
	ClusterARN string `json:"clusterArn,omitempty"`
	// URI lists the brokers to which Redshift connects first, as host:port, with commas
	// between them.
	//
	// Required, unless ClusterARN is set.
	//
	// Change: in place, by ALTER.
	URI string `json:"uri,omitempty"`
	// Authentication is how Redshift authenticates itself to the cluster.
	//
	// Required.
	//
	// Change: in place, by ALTER.
	Authentication KafkaAuthentication `json:"authentication"`
	// CertificateARN is the ARN of the client certificate in AWS Certificate Manager.
	//
	// Default: none. [KafkaMTLS] requires either CertificateARN or SecretARN.
	//
	// Change: in place, by ALTER.
	CertificateARN string `json:"certificateArn,omitempty"`
	// SecretARN is the ARN of the AWS Secrets Manager secret that contains the client
	// certificate and its private key.
	//
	// Default: none. [KafkaMTLS] requires either CertificateARN or SecretARN.
	//
	// Change: in place, by ALTER.
	SecretARN string `json:"secretArn,omitempty"`
}

// KafkaAuthentication is the method by which Redshift authenticates itself to a Kafka
// cluster.
type KafkaAuthentication string

// The authentication methods that Redshift supports.
const (
	KafkaNone KafkaAuthentication = "none" // no authentication
	KafkaIAM  KafkaAuthentication = "iam"  // with the role of the external schema; only for Amazon MSK
	KafkaMTLS KafkaAuthentication = "mtls" // with a client certificate, which the role of the external schema must be allowed to read
)

var (
	mskPattern         = arnPattern(`kafka:[a-z0-9-]+:\d{12}:cluster/[\w-]+/[\w-]+`)
	brokersPattern     = regexp.MustCompile(`^[A-Za-z0-9.-]+:\d{1,5}(,[A-Za-z0-9.-]+:\d{1,5})*$`)
	certificatePattern = arnPattern(`acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+`)
	secretPattern      = arnPattern(`secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+`)
)

// needsNoRole reports whether Redshift needs no IAM role to read the cluster's topics.
func (k Kafka) needsNoRole() bool { return k.Authentication == KafkaNone }

// problems returns every problem of the fields.
func (k Kafka) problems() Problems {
	var problems Problems
	match := func(path, value string, pattern *regexp.Regexp, example string) {
		if value != "" && !pattern.MatchString(value) {
			problems.add(path, fmt.Errorf("%q is not valid; write a value such as %s", value, example))
		}
	}
	hasARN, hasURI := k.ClusterARN != "", k.URI != ""
	if !hasARN && !hasURI {
		problems.add("", errors.New("needs clusterArn or uri; set one of them"))
	}
	if hasARN && hasURI {
		problems.add("uri", errors.New("can't be combined with clusterArn; remove one of them"))
	}
	match("clusterArn", k.ClusterARN, mskPattern, "arn:aws:kafka:eu-west-1:123456789012:cluster/name/uuid")
	match("uri", k.URI, brokersPattern, "broker-1.example.com:9094,broker-2.example.com:9094")
	if !slices.Contains([]KafkaAuthentication{KafkaNone, KafkaIAM, KafkaMTLS}, k.Authentication) {
		problems.add("authentication", fmt.Errorf("%q is not an authentication method; write %s, %s or %s", k.Authentication, KafkaNone, KafkaIAM, KafkaMTLS))
	}
	match("certificateArn", k.CertificateARN, certificatePattern, "arn:aws:acm:eu-west-1:123456789012:certificate/uuid")
	match("secretArn", k.SecretARN, secretPattern, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:name")
	problems.add("certificateArn", k.checkCertificate())
	return problems
}

// checkCertificate returns an error unless the client certificate is set once if the
// authentication method needs it, and not at all otherwise.
func (k Kafka) checkCertificate() error {
	hasARN, hasSecret, needed := k.CertificateARN != "", k.SecretARN != "", k.Authentication == KafkaMTLS
	if hasARN && hasSecret {
		return errors.New("can't be combined with secretArn; remove one of them")
	}
	if needed && !hasARN && !hasSecret {
		return fmt.Errorf("required for the authentication method %s; set certificateArn or secretArn", KafkaMTLS)
	}
	if !needed && (hasARN || hasSecret) {
		return fmt.Errorf("the authentication method %q uses no certificate; set authentication to %s, or remove certificateArn and secretArn", k.Authentication, KafkaMTLS)
	}
	return nil
}
