package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/term"
)

// kdgUserCmd is "tributary kdg-user".
type kdgUserCmd struct {
	Stack     string `default:"Tributary" help:"Stack whose outputs name the user and the secret, where the flags below don't (default: ${default})." placeholder:"NAME"`
	UserPool  string `help:"Cognito user pool that the user is in." placeholder:"ID"`
	Username  string `help:"The user." placeholder:"NAME"`
	SecretARN string `name:"secret-arn" help:"Secret that holds the password: alone, or under the key password." placeholder:"ARN"`
	Prompt    bool   `help:"Ask for the password, or read it from standard input, instead of taking the secret's."`
}

// usersAPI, secretsAPI are the parts of AWS's clients used here.
type (
	usersAPI interface {
		AdminSetUserPassword(context.Context, *cognitoidentityprovider.AdminSetUserPasswordInput, ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminSetUserPasswordOutput, error)
	}
	secretsAPI interface {
		GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	}
)

// Validate returns everything that is wrong with the flags, joined.
func (c *kdgUserCmd) Validate() error {
	if c.Prompt && c.SecretARN != "" {
		return errors.New("--prompt, --secret-arn: write one of them")
	}
	return nil
}

// Run sets the password.
func (c *kdgUserCmd) Run(ctx context.Context, call *kong.Context) error {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	return c.set(ctx, cloudformation.NewFromConfig(cfg), cognitoidentityprovider.NewFromConfig(cfg), secretsmanager.NewFromConfig(cfg),
		os.Stdin, call.Stdout, call.Stderr)
}

// set sets the password for good. The user, who was made without one, is thereby
// confirmed: KDG's page knows no way to change a password at the first sign-in.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
func (c *kdgUserCmd) set(ctx context.Context, stacks stacksAPI, users usersAPI, secrets secretsAPI, stdin io.Reader, stdout, stderr io.Writer) error {
	page, err := c.complete(ctx, stacks)
	if err != nil {
		return err
	}
	var password string
	if c.Prompt {
		password, err = ask(stdin, stderr, fmt.Sprintf("Password for %s: ", c.Username))
	} else {
		password, err = secretPassword(ctx, secrets, c.SecretARN)
	}
	if err != nil {
		return err
	}
	if _, err := users.AdminSetUserPassword(ctx, &cognitoidentityprovider.AdminSetUserPasswordInput{
		UserPoolId: &c.UserPool, Username: &c.Username, Password: &password, Permanent: true,
	}); err != nil {
		return fmt.Errorf("set the password of user %q: %w", c.Username, err)
	}
	from := "the password you gave"
	if !c.Prompt {
		from = "the password in " + c.SecretARN
	}
	_, err = fmt.Fprintf(stdout, "User %s signs in with %s.\n%s", c.Username, from, page)
	return err
}

// complete takes from the stack's outputs what the flags don't say, and returns a
// line with the page's address, if the stack has it.
func (c *kdgUserCmd) complete(ctx context.Context, stacks stacksAPI) (page string, err error) {
	if c.UserPool != "" && c.Username != "" && (c.Prompt || c.SecretARN != "") {
		return "", nil
	}
	outputs, err := stackOutputs(ctx, stacks, c.Stack)
	if err != nil {
		return "", err
	}
	c.UserPool = cmp.Or(c.UserPool, outputs["GeneratorUserPoolId"])
	c.Username = cmp.Or(c.Username, outputs["GeneratorUsername"])
	c.SecretARN = cmp.Or(c.SecretARN, outputs["GeneratorSecretArn"])
	var errs []error
	for _, missing := range []struct{ value, output, flag string }{
		{c.UserPool, "GeneratorUserPoolId", "--user-pool"}, {c.Username, "GeneratorUsername", "--username"}, {c.SecretARN, "GeneratorSecretArn", "--secret-arn or --prompt"},
	} {
		if missing.value == "" && (missing.output != "GeneratorSecretArn" || !c.Prompt) {
			errs = append(errs, fmt.Errorf("stack %q: no output %s; give %s", c.Stack, missing.output, missing.flag))
		}
	}
	if url := outputs["GeneratorUrl"]; url != "" {
		page = "Page: " + url + "\n"
	}
	return page, errors.Join(errs...)
}

// secretPassword returns the password that a secret holds.
func secretPassword(ctx context.Context, secrets secretsAPI, arn string) (string, error) {
	secret, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return "", fmt.Errorf("read secret %q: %w", arn, err)
	}
	text := aws.ToString(secret.SecretString)
	var keyed struct{ Password string }
	if err := json.Unmarshal([]byte(text), &keyed); err == nil {
		text = keyed.Password
	}
	if text == "" {
		return "", fmt.Errorf("secret %q: holds no password", arn)
	}
	return text, nil
}

// ask reads a password: unseen from a terminal, or else a line.
func ask(stdin io.Reader, stderr io.Writer, prompt string) (string, error) {
	var text []byte
	var err error
	if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		_, _ = io.WriteString(stderr, prompt)
		text, err = term.ReadPassword(int(file.Fd()))
		_, _ = io.WriteString(stderr, "\n")
	} else {
		text, err = io.ReadAll(stdin)
	}
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = errors.New("empty")
	}
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
