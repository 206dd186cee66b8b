package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/watch"
)

func TestWatchOptions(t *testing.T) {
	t.Parallel()
	defaults := watch.Options{View: lab.TypedView, Sum: "kwhdelivered", SumLabel: "Energy, kWh", Distinct: "userid", DistinctLabel: "Users"}
	tests := map[string]struct {
		command watchCmd
		want    watch.Options
	}{
		"the lab's view": {watchCmd{View: lab.TypedView}, defaults},
		"another column": {watchCmd{View: lab.TypedView, Sum: "stationid"}, watch.Options{View: lab.TypedView, Sum: "stationid"}},
		"another view":   {watchCmd{View: "web.clicks", Time: "at"}, watch.Options{View: "web.clicks", Time: "at"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.command.options()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWatchReportsAllErrors(t *testing.T) {
	t.Parallel()
	err := (&watchCmd{View: "a b", Port: 70000, warehouseFlags: warehouseFlags{Cluster: "c"}}).Validate()
	want := `--view: "a b" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $
--port: needs 0 to 65535, got 70000
--database: is required with --cluster or --workgroup`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

func TestWatchPassesNoSecretToTheBrowser(t *testing.T) {
	t.Parallel()
	bin, home := t.TempDir(), t.TempDir()
	opened := filepath.Join(home, "opened")
	if err := syscall.Mkfifo(opened, 0o600); err != nil {
		t.Fatal(err)
	}
	// This browser writes its arguments, the modes of the file that it gets and of the
	// file's directory, and the content of the file.
	browser := "#!/bin/sh\n{ echo \"$*\"; ls -ld \"$(dirname \"$1\")\" \"$1\" | cut -c 1-10; cat \"$1\"; } >" + opened + "\n"
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(browser), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	environ := append(cleanEnvironment(t), "HOME="+home, "PATH="+bin+":"+os.Getenv("PATH"), "AWS_REGION=us-east-1")
	cmd := command(t, environ, "watch", "--cluster", "c", "--database", "dev")
	var stdout, stderr syncBuffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(opened)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(text), "\n", 4)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("watch: %v\n%s", err, stderr.String())
	}
	file, url := lines[0], strings.TrimSpace(stdout.String())
	secret := regexp.MustCompile(`^http://127\.0\.0\.1:\d+/(\w{26,})/$`).FindStringSubmatch(url)
	if secret == nil {
		t.Fatalf("got the address %q, want one with a secret", url)
	}
	if strings.Contains(file, secret[1]) || strings.Contains(stderr.String(), secret[1]) {
		t.Errorf("the secret %s is in the browser's arguments, %q, or on standard error, %q", secret[1], file, stderr.String())
	}
	if diff := cmp.Diff([]string{"drwx------", "-rw-------"}, lines[1:3]); diff != "" {
		t.Errorf("modes of the directory and the file (-want +got):\n%s", diff)
	}
	if plain := strings.ReplaceAll(lines[3], `\/`, "/"); !strings.Contains(plain, `location.replace("`+url+`")`) || !strings.Contains(plain, `href="`+url+`"`) {
		t.Errorf("the file doesn't redirect to %s:\n%s", url, lines[3])
	}
	if left, err := fs.Glob(os.DirFS(home), "tributary*"); err != nil || len(left) > 0 {
		t.Errorf("files remain in the home directory: %q (%v)", left, err)
	}
}

func TestWriteRedirectUsesTheFirstWritableDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, remove, err := writeRedirect("http://127.0.0.1:1/secret/", []string{filepath.Join(dir, "none"), dir})
	if err != nil || filepath.Dir(filepath.Dir(file)) != dir {
		t.Fatalf("got %q, %v; want a file in a directory below %s", file, err, dir)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, _, err := writeRedirect("http://127.0.0.1:1/secret/", []string{filepath.Join(dir, "none")}); err == nil {
		t.Error("without a writable directory: want an error")
	}
}
