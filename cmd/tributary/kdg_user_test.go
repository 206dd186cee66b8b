package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

// account is what of an AWS account kdg-user sees: a stack's outputs, a secret, and
// the passwords it sets.
type account struct {
	outputs   map[string]string
	secret    string
	passwords map[string]string // by pool and user
}

func (a *account) DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	var stack types.Stack
	for key, value := range a.outputs {
		stack.Outputs = append(stack.Outputs, types.Output{OutputKey: &key, OutputValue: &value})
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{stack}}, nil
}

func (a *account) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	if *in.SecretId != "arn:secret" {
		return nil, errors.New("no such secret")
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: &a.secret}, nil
}

func (a *account) AdminSetUserPassword(_ context.Context, in *cognitoidentityprovider.AdminSetUserPasswordInput, _ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminSetUserPasswordOutput, error) {
	if !in.Permanent {
		return nil, errors.New("the page can't change a password")
	}
	a.passwords[*in.UserPoolId+"/"+*in.Username] = *in.Password
	return &cognitoidentityprovider.AdminSetUserPasswordOutput{}, nil
}

func TestKDGUser(t *testing.T) {
	t.Parallel()
	outputs := map[string]string{"GeneratorUserPoolId": "pool", "GeneratorUsername": "generator", "GeneratorSecretArn": "arn:secret", "GeneratorUrl": "https://page"}
	tests := map[string]struct {
		command       kdgUserCmd
		outputs       map[string]string
		secret, stdin string
		want          map[string]string
		says, err     string
	}{
		"from the stack": {kdgUserCmd{}, outputs, `{"username":"generator","password":"Secret1"}`, "", map[string]string{"pool/generator": "Secret1"}, "User generator signs in with the password in arn:secret.\nPage: https://page\n", "<nil>"},
		"a bare secret":  {kdgUserCmd{UserPool: "p", Username: "u", SecretARN: "arn:secret"}, nil, "Secret2", "", map[string]string{"p/u": "Secret2"}, "User u signs in with the password in arn:secret.\n", "<nil>"},
		"asked for":      {kdgUserCmd{Prompt: true}, outputs, "", "Typed3 \n", map[string]string{"pool/generator": "Typed3 "}, "User generator signs in with the password you gave.\nPage: https://page\n", "<nil>"},
		"asked in vain":  {kdgUserCmd{Prompt: true}, outputs, "", "\n", map[string]string{}, "", "password: empty"},
		"no password":    {kdgUserCmd{}, outputs, `{"username":"generator"}`, "", map[string]string{}, "", `secret "arn:secret": holds no password`},
		"another secret": {kdgUserCmd{SecretARN: "arn:other"}, outputs, "", "", map[string]string{}, "", `read secret "arn:other": no such secret`},
		"all that's missing": {kdgUserCmd{Stack: "S"}, nil, "", "", map[string]string{}, "", `stack "S": no output GeneratorUserPoolId; give --user-pool
stack "S": no output GeneratorUsername; give --username
stack "S": no output GeneratorSecretArn; give --secret-arn or --prompt`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &account{test.outputs, test.secret, map[string]string{}}
			var stdout, stderr strings.Builder
			err := test.command.set(t.Context(), a, a, a, strings.NewReader(test.stdin), &stdout, &stderr)
			if diff := cmp.Diff(test.err, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, a.passwords); diff != "" {
				t.Error(diff)
			}
			if stdout.String() != test.says {
				t.Errorf("got %q, want %q", stdout.String(), test.says)
			}
		})
	}
}
