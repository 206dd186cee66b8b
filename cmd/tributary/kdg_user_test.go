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

// account is a fake of the AWS services that kdg-user calls.
type account struct {
	outputs   map[string]string // the outputs of the stack
	secret    string            // the secret's value
	passwords map[string]string // that kdg-user has set; the keys are pool/user
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
		stdout, err   string
	}{
		"defaults":       {kdgUserCmd{}, outputs, `{"username":"generator","password":"Secret1"}`, "", map[string]string{"pool/generator": "Secret1"}, "User generator can now sign in with the password in arn:secret.\nPage: https://page\n", "<nil>"},
		"plain secret":   {kdgUserCmd{UserPool: "p", Username: "u", SecretARN: "arn:secret"}, nil, "Secret2", "", map[string]string{"p/u": "Secret2"}, "User u can now sign in with the password in arn:secret.\n", "<nil>"},
		"prompt":         {kdgUserCmd{Prompt: true}, outputs, "", "Typed3 \n", map[string]string{"pool/generator": "Typed3 "}, "User generator can now sign in with the password that you entered.\nPage: https://page\n", "<nil>"},
		"empty input":    {kdgUserCmd{Prompt: true}, outputs, "", "\n", map[string]string{}, "", "password: is empty"},
		"no password":    {kdgUserCmd{}, outputs, `{"username":"generator"}`, "", map[string]string{}, "", `secret "arn:secret": contains no password`},
		"another secret": {kdgUserCmd{SecretARN: "arn:other"}, outputs, "", "", map[string]string{}, "", `read secret "arn:other": no such secret`},
		"no outputs": {kdgUserCmd{Stack: "S"}, nil, "", "", map[string]string{}, "", `stack "S": has no output GeneratorUserPoolId; give --user-pool
stack "S": has no output GeneratorUsername; give --username
stack "S": has no output GeneratorSecretArn; give --secret-arn or --prompt`},
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
			if stdout.String() != test.stdout {
				t.Errorf("got %q, want %q", stdout.String(), test.stdout)
			}
		})
	}
}
