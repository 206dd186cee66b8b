package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config            aws.Config
		kinesis, firehose string
	}{
		"AWS":   {aws.Config{Region: "us-east-1"}, "https://kinesis.us-east-1.amazonaws.com", "https://firehose.us-east-1.amazonaws.com"},
		"China": {aws.Config{Region: "cn-north-1"}, "https://kinesis.cn-north-1.amazonaws.com.cn", "https://firehose.cn-north-1.amazonaws.com.cn"},
		"twin":  {aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:4599")}, "http://127.0.0.1:4599", "http://127.0.0.1:4599"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kinesis, err := kinesisEndpoint(t.Context(), test.config)
			if err != nil || kinesis.URL != test.kinesis || kinesis.Region != test.config.Region {
				t.Errorf("Kinesis: got %+v, %v, want %s", kinesis, err, test.kinesis)
			}
			firehose, err := firehoseEndpoint(t.Context(), test.config)
			if err != nil || firehose.URL != test.firehose {
				t.Errorf("Firehose: got %+v, %v, want %s", firehose, err, test.firehose)
			}
		})
	}
}
