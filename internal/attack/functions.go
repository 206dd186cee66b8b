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

// attackFunctions deploys functions whose zips are hostile, and sends hostile events
// to Tributary's own.
func attackFunctions(ctx context.Context, w *world, r *Report) error {
	// A zip without anything hostile is taken: so it is for what is hostile in them
	// that the others are refused.
	harmless, err := w.deploy(ctx, "zip", []file{{"bootstrap", 0o755, strings.NewReader("#!/bin/sh\n")}, {"a/b", 0o644, strings.NewReader("in")}})
	if err == nil {
		err = w.destroy(ctx, "zip")
	}
	if err != nil {
		return err
	}
	if !harmless {
		return errors.New("a harmless zip is refused")
	}
	outside := filepath.Join(w.dir, "outside")
	for _, z := range hostileZips(outside) {
		deployed, err := w.deploy(ctx, "zip", z.files)
		if err != nil {
			return err
		}
		_, err = os.Lstat(outside)
		size, sizeErr := treeSize(w.Dir)
		if sizeErr != nil {
			return sizeErr
		}
		r.try(deployed || err == nil || size > tolerable, "a zip with %s", z.name)
		if err := w.destroy(ctx, "zip"); err != nil {
			return err
		}
	}
	return w.attackEvents(ctx, r)
}

// file is a file of a zip.
type file struct {
	name string
	mode fs.FileMode
	text io.Reader
}

type hostileZip struct {
	name  string
	files []file
}

// hostileZips hold a function that would run, and what tries to get out of its
// directory or to fill the disk.
func hostileZips(outside string) []hostileZip {
	with := func(name string, more ...file) hostileZip {
		return hostileZip{name, append(more, file{"bootstrap", 0o755, strings.NewReader("#!/bin/sh\n")})}
	}
	text := func() io.Reader { return strings.NewReader("out") }
	up := strings.Repeat("../", 12) + strings.TrimPrefix(outside, "/")
	zeros := func(n int64) io.Reader { return io.LimitReader(zeroBytes{}, n) }
	var many []file
	for i := range 300_000 {
		many = append(many, file{fmt.Sprintf("a/%d", i), 0o644, strings.NewReader("")})
	}
	return []hostileZip{
		with("a path out of its directory", file{up, 0o644, text()}),
		with("a path out of its directory, by way of one in it", file{"a/" + "../" + up, 0o644, text()}),
		with("an absolute path", file{outside, 0o644, text()}),
		with("backslashes", file{strings.ReplaceAll(up, "/", `\`), 0o644, text()}, file{`..\bootstrap`, 0o644, text()}, file{"../x", 0o644, text()}),
		with("a link out of its directory", file{"link", fs.ModeSymlink | 0o777, strings.NewReader(filepath.Dir(outside))}, file{"link/outside", 0o644, text()}),
		with("a link in the place of a file", file{"link", fs.ModeSymlink | 0o777, strings.NewReader(outside)}, file{"link", 0o644, text()}),
		with("a device", file{"device", fs.ModeDevice | fs.ModeCharDevice | 0o666, strings.NewReader("")}),
		with("a pipe", file{"pipe", fs.ModeNamedPipe | 0o666, strings.NewReader("")}),
		with("a gigabyte of zeros", file{"zeros", 0o644, zeros(1 << 30)}),
		with("four times a hundred megabytes", file{"a", 0o644, zeros(100 << 20)}, file{"b", 0o644, zeros(100 << 20)}, file{"c", 0o644, zeros(100 << 20)}, file{"d", 0o644, zeros(100 << 20)}),
		with("300,000 files", many...),
		{"a directory as its program", []file{{"bootstrap/", fs.ModeDir | 0o755, strings.NewReader("")}}},
		{"a link as its program", []file{{"bootstrap", fs.ModeSymlink | 0o777, strings.NewReader("/bin/sh")}}},
		{"nothing", nil},
	}
}

type zeroBytes struct{}

func (zeroBytes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// pack makes a zip.
func pack(files []file) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Store}
		if _, long := f.text.(*io.LimitedReader); long {
			header.Method = zip.Deflate // which makes next to nothing of zeros
		}
		header.SetMode(f.mode)
		in, err := z.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if f.mode.IsDir() {
			continue
		}
		if _, err := io.Copy(in, f.text); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// deploy makes a stack of a function, and reports whether it is there in the end.
func (w *world) deploy(ctx context.Context, name string, files []file) (bool, error) {
	code, err := pack(files)
	if err != nil {
		return false, err
	}
	owner, err := w.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return false, err
	}
	if err := w.owns(ctx, call{"the owner's zip", http.MethodPut, "/" + assets + "/" + name + ".zip", "s3", nil, string(code)}, owner); err != nil {
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
	stacks := cloudformation.NewFromConfig(w.AWS)
	_, err = stacks.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: aws.String(name), TemplateBody: aws.String(string(template)), Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return false, err
	}
	status, err := w.settle(ctx, name)
	return status == types.StackStatusCreateComplete, err
}

// settle waits until nothing happens to a stack, and returns its status.
func (w *world) settle(ctx context.Context, name string) (types.StackStatus, error) {
	stacks := cloudformation.NewFromConfig(w.AWS)
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

// destroy removes a stack.
func (w *world) destroy(ctx context.Context, name string) error {
	if _, err := cloudformation.NewFromConfig(w.AWS).DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String(name)}); err != nil {
		return err
	}
	if _, err := w.settle(ctx, name); err != nil && !strings.Contains(err.Error(), "does not exist") {
		return err
	}
	return nil
}

// treeSize returns how many bytes the files below a directory have.
func treeSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // PostgreSQL removes files while we look
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

// attackEvents sends events whose answers would go to a stranger, and sees whether
// the stranger hears anything.
func (w *world) attackEvents(ctx context.Context, r *Report) error {
	program := filepath.Join(w.dir, "bootstrap")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-o", program, "./lambda/ddl") //nolint:gosec // of this module's own
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the function: %w: %s", err, said)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	deployed, err := w.deploy(ctx, "events", []file{{"bootstrap", 0o755, bytes.NewReader(text)}})
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
	var heard atomic.Int64
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) })}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer func() { _ = server.Close() }()
	stranger := listener.Addr().String()
	_, port, _ := net.SplitHostPort(stranger)
	twin := strings.TrimPrefix(w.URL, "http://")
	for _, target := range []string{
		"http://" + stranger + "/a", "https://" + stranger + "/a", "http://localhost:" + port + "/a", "http://" + twin + "@" + stranger + "/a",
		"http://" + stranger + "/" + twin, "http://" + stranger + "?" + twin, "http://" + stranger + "#" + twin, "HTTP://" + stranger + "/a", "//" + stranger + "/a", stranger + "/a",
		"http://" + twin + "\\@" + stranger + "/a", "http://" + strings.ReplaceAll(stranger, "127.0.0.1", "127.1") + "/a", "http://" + strings.ReplaceAll(stranger, "127.0.0.1", "[::ffff:127.0.0.1]") + "/a",
		w.URL + "/_tributary/shutdown", "file:///etc/passwd", "",
	} {
		before := heard.Load()
		if err := w.invoke(ctx, target); err != nil {
			return err
		}
		r.try(heard.Load() > before, "an event whose answer goes to %s", strings.ReplaceAll(target, stranger, "a stranger"))
	}
	return w.destroy(ctx, "events")
}

// invoke sends the function a custom resource's event, and waits for its end.
func (w *world) invoke(ctx context.Context, target string) error {
	owner, err := w.AWS.Credentials.Retrieve(ctx)
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
	// What the function says of it is of no matter, but only of what it does.
	_, err = w.tryAs(ctx, call{"the owner's event", http.MethodPost, "/2015-03-31/functions/events/invocations", "lambda", nil, string(event)}, stranger{credentials: &owner})
	return err
}
