package attack

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tributary-cdk/tributary/internal/contract"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// attackFunctions deploys Lambda functions from malicious zip files, and sends malicious
// events to Tributary's function.
func attackFunctions(ctx context.Context, tw *attackedTwin, r *Report) error {
	// A harmless zip file must be accepted. This shows that the others are refused for
	// their malicious content.
	harmless, err := tw.deploy(ctx, "zip", []file{{"bootstrap", 0o755, strings.NewReader("#!/bin/sh\n")}, {"a/b", 0o644, strings.NewReader("text")}})
	if err == nil {
		err = tw.destroy(ctx, "zip")
	}
	if err != nil {
		return err
	}
	if !harmless {
		return errors.New("the twin refused a harmless zip file")
	}
	outside := filepath.Join(tw.dir, "outside")
	for _, z := range hostileZips(outside) {
		deployed, err := tw.deploy(ctx, "zip", z.files)
		if err != nil {
			return err
		}
		_, err = os.Lstat(outside)
		size, sizeErr := treeSize(tw.Dir)
		if sizeErr != nil {
			return sizeErr
		}
		r.add(deployed || err == nil || size > maxGrowth, "a zip file with %s", z.name)
		if err := tw.destroy(ctx, "zip"); err != nil {
			return err
		}
	}
	return tw.attackEvents(ctx, r)
}

// file is a file in a zip file.
type file struct {
	name string
	mode fs.FileMode
	text io.Reader
}

// hostileZip is a zip file that the twin must refuse.
type hostileZip struct {
	name  string // describes the malicious content
	files []file
}

// hostileZips returns zip files with a program that would run as a function, and with
// files that try to write to the path outside, or to fill the disk. The last three have no
// program that can run.
func hostileZips(outside string) []hostileZip {
	withProgram := func(name string, more ...file) hostileZip {
		return hostileZip{name, append(more, file{"bootstrap", 0o755, strings.NewReader("#!/bin/sh\n")})}
	}
	text := func() io.Reader { return strings.NewReader("text") }
	up := strings.Repeat("../", 12) + strings.TrimPrefix(outside, "/")
	zeros := func(n int64) io.Reader { return io.LimitReader(zeroBytes{}, n) }
	var many []file
	for i := range 300_000 {
		many = append(many, file{fmt.Sprintf("a/%d", i), 0o644, strings.NewReader("")})
	}
	return []hostileZip{
		withProgram("a path outside of its directory", file{up, 0o644, text()}),
		withProgram("a path that leaves its directory through a subdirectory", file{"a/" + "../" + up, 0o644, text()}),
		withProgram("an absolute path", file{outside, 0o644, text()}),
		withProgram("backslashes", file{strings.ReplaceAll(up, "/", `\`), 0o644, text()}, file{`..\bootstrap`, 0o644, text()}, file{"../x", 0o644, text()}),
		withProgram("a symbolic link to a directory outside, and a file below the link", file{"link", fs.ModeSymlink | 0o777, strings.NewReader(filepath.Dir(outside))}, file{"link/outside", 0o644, text()}),
		withProgram("a symbolic link to a file outside, and a file of the same name", file{"link", fs.ModeSymlink | 0o777, strings.NewReader(outside)}, file{"link", 0o644, text()}),
		withProgram("a device", file{"device", fs.ModeDevice | fs.ModeCharDevice | 0o666, strings.NewReader("")}),
		withProgram("a pipe", file{"pipe", fs.ModeNamedPipe | 0o666, strings.NewReader("")}),
		withProgram("a gigabyte of zeros", file{"zeros", 0o644, zeros(1 << 30)}),
		withProgram("four times a hundred megabytes", file{"a", 0o644, zeros(100 << 20)}, file{"b", 0o644, zeros(100 << 20)}, file{"c", 0o644, zeros(100 << 20)}, file{"d", 0o644, zeros(100 << 20)}),
		withProgram("300,000 files", many...),
		{"a directory as its program", []file{{"bootstrap/", fs.ModeDir | 0o755, strings.NewReader("")}}},
		{"a symbolic link as its program", []file{{"bootstrap", fs.ModeSymlink | 0o777, strings.NewReader("/bin/sh")}}},
		{"no files", nil},
	}
}

// zeroBytes is an endless io.Reader of zeros.
type zeroBytes struct{}

func (zeroBytes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// pack returns a zip file that contains the files.
func pack(files []file) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Store}
		if _, long := f.text.(*io.LimitedReader); long {
			header.Method = zip.Deflate // compresses zeros to almost nothing
		}
		header.SetMode(f.mode)
		content, err := z.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if f.mode.IsDir() {
			continue
		}
		if _, err := io.Copy(content, f.text); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// deploy creates a stack with a function from a zip file of the files, and reports
// whether the creation succeeded.
func (tw *attackedTwin) deploy(ctx context.Context, name string, files []file) (bool, error) {
	code, err := pack(files)
	if err != nil {
		return false, err
	}
	owner, err := tw.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return false, err
	}
	if err := tw.requireOwnerAccess(ctx, call{"the owner's zip", http.MethodPut, "/" + assets + "/" + name + ".zip", "s3", nil, string(code)}, owner); err != nil {
		return false, err
	}
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	template, err := json.Marshal(map[string]any{"Resources": map[string]any{
		"Role": map[string]any{"Type": "AWS::IAM::Role", "Properties": map[string]any{"RoleName": name, "AssumeRolePolicyDocument": map[string]any{
			"Version":   "2012-10-17",
			"Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}}},
		}}},
		"Function": map[string]any{"Type": "AWS::Lambda::Function", "Properties": map[string]any{
			"FunctionName": name, "Role": map[string]any{"Fn::GetAtt": []string{"Role", "Arn"}}, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 5,
			"Architectures": []string{architecture}, "Code": map[string]any{"S3Bucket": assets, "S3Key": name + ".zip"},
		}},
	}})
	if err != nil {
		return false, err
	}
	stacks := cloudformation.NewFromConfig(tw.AWS)
	_, err = stacks.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: aws.String(name), TemplateBody: aws.String(string(template)), Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return false, err
	}
	status, err := tw.settle(ctx, name)
	return status == types.StackStatusCreateComplete, err
}

// settle waits until no operation on a stack is in progress, and returns its status.
func (tw *attackedTwin) settle(ctx context.Context, name string) (types.StackStatus, error) {
	stacks := cloudformation.NewFromConfig(tw.AWS)
	for {
		out, err := stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
		if err != nil {
			return "", err
		}
		if status := out.Stacks[0].StackStatus; !strings.HasSuffix(string(status), "_IN_PROGRESS") {
			return status, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// destroy deletes a stack.
func (tw *attackedTwin) destroy(ctx context.Context, name string) error {
	if _, err := cloudformation.NewFromConfig(tw.AWS).DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String(name)}); err != nil {
		return err
	}
	if _, err := tw.settle(ctx, name); err != nil && !strings.Contains(err.Error(), "does not exist") {
		return err
	}
	return nil
}

// treeSize returns the total size of the files below a directory, in bytes.
func treeSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // PostgreSQL may remove files at the same time
		}
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			size += info.Size()
		}
		return nil
	})
	return size, err
}

// attackEvents sends events with a response URL at an attacker's server, and checks
// whether the server receives a request.
func (tw *attackedTwin) attackEvents(ctx context.Context, r *Report) error {
	program := filepath.Join(tw.dir, "bootstrap")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-o", program, "./lambda/ddl") //nolint:gosec // builds a package of this module
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the function: %w: %s", err, output)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	deployed, err := tw.deploy(ctx, "events", []file{{"bootstrap", 0o755, bytes.NewReader(text)}})
	if err != nil {
		return err
	}
	if !deployed {
		return errors.New("the function was not deployed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var received atomic.Int64
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { received.Add(1) })}
	go func() { _ = server.Serve(listener) }() // returns when the server is closed
	defer func() { _ = server.Close() }()
	attacker := listener.Addr().String()
	_, port, _ := net.SplitHostPort(attacker)
	twin := strings.TrimPrefix(tw.URL, "http://")
	for _, target := range []string{
		"http://" + attacker + "/a", "https://" + attacker + "/a", "http://localhost:" + port + "/a", "http://" + twin + "@" + attacker + "/a",
		"http://" + attacker + "/" + twin, "http://" + attacker + "?" + twin, "http://" + attacker + "#" + twin, "HTTP://" + attacker + "/a", "//" + attacker + "/a", attacker + "/a",
		"http://" + twin + "\\@" + attacker + "/a", "http://" + strings.ReplaceAll(attacker, "127.0.0.1", "127.1") + "/a", "http://" + strings.ReplaceAll(attacker, "127.0.0.1", "[::ffff:127.0.0.1]") + "/a",
		tw.URL + "/_tributary/shutdown", "file:///etc/passwd", "",
	} {
		before := received.Load()
		if err := tw.invoke(ctx, target); err != nil {
			return err
		}
		r.add(received.Load() > before, "an event with the response URL %q", strings.ReplaceAll(target, attacker, "ATTACKER"))
	}
	return tw.destroy(ctx, "events")
}

// invoke invokes the function with a custom resource event that has the response URL
// target, and waits until it returns.
func (tw *attackedTwin) invoke(ctx context.Context, target string) error {
	owner, err := tw.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	event, err := json.Marshal(map[string]any{
		"RequestType": "Create", "RequestId": "r", "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/s/1", "LogicalResourceId": "l",
		"ResourceType": contract.StreamingViewType, "ResponseURL": target, "ResourceProperties": map[string]any{},
	})
	if err != nil {
		return err
	}
	// The function may return an error. Only the requests that it sends matter.
	_, err = tw.send(ctx, call{"the owner's event", http.MethodPost, "/2015-03-31/functions/events/invocations", "lambda", nil, string(event)}, signing{credentials: &owner})
	return err
}
