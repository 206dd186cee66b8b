package warehouse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// viaSecretsManager is met if Secrets Manager uses the key.
const viaSecretsManager = `if {"StringEquals":{"kms:ViaService":[{"Fn::Join":["",["secretsmanager.",{"Ref":"AWS::Region"},".amazonaws.com"]]},{"Fn::Join":["",["secretsmanager.",{"Ref":"AWS::Region"},".",{"Ref":"AWS::URLSuffix"}]]}]}}`

// TestSecretsAndTheirKeys checks the permissions on the admin's secret and on the key that
// encrypts it. The key may only be used through Secrets Manager.
func TestSecretsAndTheirKeys(t *testing.T) {
	const (
		keyARN = "arn:aws:kms:eu-west-1:123456789012:key/k"
		secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:theirs"
	)
	existing := func(stack awscdk.Stack, secret awssecretsmanager.ISecret) warehouse.Warehouse {
		return warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
			ClusterIdentifier: "c", Database: "d", Secret: secret,
		})
	}
	key := func(stack awscdk.Stack) awskms.IKey {
		return awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String(keyARN))
	}
	decrypts := "Allow kms:Decrypt on " + keyARN + " " + viaSecretsManager
	tests := map[string]struct {
		warehouse func(awscdk.Stack) warehouse.Warehouse
		want      []string
	}{
		"a new workgroup with an existing key": {
			func(stack awscdk.Stack) warehouse.Warehouse {
				return warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{EncryptionKey: key(stack)})
			},
			[]string{"Allow secretsmanager:GetSecretValue on ${WarehouseSecret}", decrypts},
		},
		"an existing secret with a key": {
			func(stack awscdk.Stack) warehouse.Warehouse {
				return existing(stack, awssecretsmanager.Secret_FromSecretAttributes(stack, jsii.String("Secret"), &awssecretsmanager.SecretAttributes{
					SecretCompleteArn: jsii.String(secret + "-AbCdEf"), EncryptionKey: key(stack),
				}))
			},
			[]string{"Allow secretsmanager:GetSecretValue on " + secret + "-AbCdEf", decrypts},
		},
		"an existing secret with a partial ARN": {
			func(stack awscdk.Stack) warehouse.Warehouse {
				return existing(stack, awssecretsmanager.Secret_FromSecretPartialArn(stack, jsii.String("Secret"), jsii.String(secret)))
			},
			[]string{"Allow secretsmanager:GetSecretValue on " + secret + "-??????"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(nil)
			test.warehouse(stack).GrantDataAPI(awsiam.NewUser(stack, jsii.String("Admin"), nil))
			var got []string
			for _, line := range synthtest.Statements(t, stack) {
				if line, ours := strings.CutPrefix(line, "AdminDefaultPolicy: "); ours && !strings.Contains(line, "redshift-data:") {
					got = append(got, line)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}
