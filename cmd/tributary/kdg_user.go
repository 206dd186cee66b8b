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

// kdgUserCmd is the command "tributary kdg-user".
type kdgUserCmd struct {
	Stack     string `default:"Tributary" help:"Stack whose outputs are the defaults of the flags below (default: ${default})." placeholder:"NAME"`
	UserPool  string `help:"Cognito user pool of the user." placeholder:"ID"`
	Username  string `help:"Name of the user." placeholder:"NAME"`
	SecretARN string `name:"secret-arn" help:"Secret with the password: the plain password, or JSON with the key password." placeholder:"ARN"`
	Prompt    bool   `help:"Read the password from the terminal or from standard input, instead of from a secret."`
}

// usersAPI and secretsAPI are the methods of the AWS clients that kdg-user calls.
type (
	usersAPI interface {
		AdminSetUserPassword(context.Context, *cognitoidentityprovider.AdminSetUserPasswordInput, ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AdminSetUserPasswordOutput, error)
	}
	secretsAPI interface {
		GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	}
)

// Validate returns what is wrong with the flags.
func (c *kdgUserCmd) Validate() error {
	if c.Prompt && c.SecretARN != "" {
		return errors.New("--prompt, --secret-arn: give only one of them")
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

// set sets a permanent password. That also confirms the user, whom the stack created
// without a password. A temporary password would not work, because the Kinesis Data
// Generator's page can't change a password at the first sign-in.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
func (c *kdgUserCmd) set(ctx context.Context, stacks stacksAPI, users usersAPI, secrets secretsAPI, stdin io.Reader, stdout, stderr io.Writer) error {
	page, err := c.complete(ctx, stacks)
	if err != nil {
		return err
	}
	var password string
	if c.Prompt {
		password, err = readPassword(stdin, stderr, fmt.Sprintf("Password for %s: ", c.Username))
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
	from := "the password that you entered"
	if !c.Prompt {
		from = "the password in " + c.SecretARN
	}
	_, err = fmt.Fprintf(stdout, "User %s can now sign in with %s.\n%s", c.Username, from, page)
	return err
}

// complete sets missing flags from the stack's outputs. It returns a line with the
// address of the page, or an empty string if the stack has no such output or if no flag
// is missing.
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
			errs = append(errs, fmt.Errorf("stack %q: has no output %s; give %s", c.Stack, missing.output, missing.flag))
		}
	}
	if url := outputs["GeneratorUrl"]; url != "" {
		page = "Page: " + url + "\n"
	}
	return page, errors.Join(errs...)
}

// secretPassword returns the password in a secret.
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
		return "", fmt.Errorf("secret %q: contains no password", arn)
	}
	return text, nil
}

// readPassword reads a password without the newline at its end. On a terminal it prints
// the prompt, and the terminal doesn't show the password.
func readPassword(stdin io.Reader, stderr io.Writer, prompt string) (string, error) {
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
		err = errors.New("is empty")
	}
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
