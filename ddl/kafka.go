package ddl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Kafka names a cluster of Apache Kafka, and how Redshift shows who it is there:
// Amazon MSK by its ARN, or MSK, Confluent Cloud and clusters of one's own by their
// brokers. Nothing of it has been tried: it is written after AWS's documentation.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
type Kafka struct {
	// ClusterARN is the cluster's, if it is one of Amazon MSK.
	//
	// Required, unless URI is set.
	//
	// Change: refused: give SchemaName and views new names.
	ClusterARN string `json:"clusterArn,omitempty"`
	// URI lists the brokers to begin with: host:port, with commas between.
	//
	// Required, unless ClusterARN is set.
	//
	// Change: in place, by ALTER.
	URI string `json:"uri,omitempty"`
	// Authentication is how Redshift shows who it is.
	//
	// Required.
	//
	// Change: in place, by ALTER.
	Authentication KafkaAuthentication `json:"authentication"`
	// CertificateARN is the certificate, in ACM, that Redshift shows.
	//
	// Default: none. [KafkaMTLS] needs this one or SecretARN.
	//
	// Change: in place, by ALTER.
	CertificateARN string `json:"certificateArn,omitempty"`
	// SecretARN is the secret that holds the certificate and its key.
	//
	// Default: none.
	//
	// Change: in place, by ALTER.
	SecretARN string `json:"secretArn,omitempty"`
}

// KafkaAuthentication is how Redshift shows a Kafka cluster who it is.
type KafkaAuthentication string

// The ways that Redshift knows.
const (
	KafkaNone KafkaAuthentication = "none" // not at all
	KafkaIAM  KafkaAuthentication = "iam"  // by the external schema's role; Amazon MSK only
	KafkaMTLS KafkaAuthentication = "mtls" // by a certificate, which the external schema's role may read
)

var (
	mskPattern         = regexp.MustCompile(`^` + anyPartition + `kafka:[a-z0-9-]+:\d{12}:cluster/[\w-]+/[\w-]+$`)
	brokersPattern     = regexp.MustCompile(`^[A-Za-z0-9.-]+:\d{1,5}(,[A-Za-z0-9.-]+:\d{1,5})*$`)
	certificatePattern = regexp.MustCompile(`^` + anyPartition + `acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+$`)
	secretPattern      = regexp.MustCompile(`^` + anyPartition + `secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+$`)
)

// needsNoRole reports whether the cluster asks nobody who they are.
func (k Kafka) needsNoRole() bool { return k.Authentication == KafkaNone }

func (k Kafka) problems() Problems {
	var problems Problems
	match := func(path, value string, pattern *regexp.Regexp, example string) {
		if value != "" && !pattern.MatchString(value) {
			problems.add(path, fmt.Errorf("got %q; write one such as %s", value, example))
		}
	}
	if (k.ClusterARN == "") == (k.URI == "") {
		problems.add("", errors.New("has both or neither of clusterArn and uri; set one"))
	}
	match("clusterArn", k.ClusterARN, mskPattern, "arn:aws:kafka:eu-west-1:123456789012:cluster/name/uuid")
	match("uri", k.URI, brokersPattern, "broker-1.example.com:9094,broker-2.example.com:9094")
	if !slices.Contains([]KafkaAuthentication{KafkaNone, KafkaIAM, KafkaMTLS}, k.Authentication) {
		problems.add("authentication", fmt.Errorf("%q is not known; write %s, %s or %s", k.Authentication, KafkaNone, KafkaIAM, KafkaMTLS))
	}
	match("certificateArn", k.CertificateARN, certificatePattern, "arn:aws:acm:eu-west-1:123456789012:certificate/uuid")
	match("secretArn", k.SecretARN, secretPattern, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:name")
	switch shown := k.CertificateARN != "" || k.SecretARN != ""; {
	case k.CertificateARN != "" && k.SecretARN != "":
		problems.add("secretArn", errors.New("there is a certificateArn already; leave one of both out"))
	case k.Authentication == KafkaMTLS && !shown:
		problems.add("certificateArn", fmt.Errorf("required for %s; write it, or secretArn", KafkaMTLS))
	case k.Authentication != KafkaMTLS && shown:
		problems.add("authentication", fmt.Errorf("%q shows no certificate; write %s, or leave the certificate out", k.Authentication, KafkaMTLS))
	}
	return problems
}
