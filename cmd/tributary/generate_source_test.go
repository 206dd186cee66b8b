package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// runGenerate runs "tributary generate" with arguments that need no AWS, and returns its
// standard output.
func runGenerate(t *testing.T, args ...string) string {
	t.Helper()
	c, call, stdout, err := parseGenerate(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	call.Stderr = io.Discard
	if err := c.Run(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	return stdout.String()
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestGenerateWithStartAndUntil(t *testing.T) {
	t.Parallel()
	template := writeFile(t, "template", `{{date.now("DD HH:mm")}}`)
	got := runGenerate(t, "--template="+template, "--out=-", "--rate=0.00005", "--start=2026-11-22T00:00:00Z", "--until=2026-11-23T00:00:00Z", "--tz=America/Los_Angeles")
	if want := "21 16:00\n21 21:33\n22 03:06\n22 08:40\n22 14:13\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEqualSeedsGiveEqualRecords(t *testing.T) {
	t.Parallel()
	args := []string{"--out=-", "--seed=7", "--rate=3", "--start=2026-11-22T00:00:00Z", "--total=5000"}
	first := runGenerate(t, args...)
	if diff := cmp.Diff(first, runGenerate(t, append(args, "--in-flight=3")...)); diff != "" || strings.Count(first, "\n") != 5000 {
		t.Error("equal seeds gave different records, or not 5000 records", diff)
	}
}

func TestGenerateReplays(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "old.csv", "at,user\n2026-11-22 10:00:00,a\n2026-11-22 10:00:01,b\n")
	began := time.Now()
	got := runGenerate(t, "--replay="+file, "--out=-", "--time-field=at", "--speed=5", "--key-field=user")
	want := `{"at":"2026-11-22 10:00:00","user":"a"}` + "\n" + `{"at":"2026-11-22 10:00:01","user":"b"}` + "\n"
	if took := time.Since(began); got != want || took < 200*time.Millisecond {
		t.Errorf("got %q in %v, want %q in 200ms or more", got, took, want)
	}
}

func TestGenerateIntoAFile(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "records")
	week := writeFile(t, "week", "*,*,100,0\n")
	report := runGenerate(t, "--out="+out, "--periodic="+week, "--start=2026-11-22T00:00:00Z", "--duration=3s", "--output=json")
	text, err := os.ReadFile(out)
	if n := strings.Count(string(text), "\n"); err != nil || n != 300 || !strings.Contains(report, `"accepted": 300`) {
		t.Errorf("got %d records, %v, %s, want 300", n, err, report)
	}
}
