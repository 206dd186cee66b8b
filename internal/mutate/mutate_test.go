package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWrapGo runs the wrapper on a module whose code doesn't compile, whose test fails, and
// whose test passes.
func TestWrapGo(t *testing.T) {
	tests := []struct {
		name, code string
		want       int
	}{
		{"a mutant that doesn't compile", `var word = "a" - "b"`, 2},
		{"a mutant that a test notices", `var word = "b"`, 1},
		{"a mutant that no test notices", `var word = "a"`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "go.mod", "module example\n")
			write(t, "a.go", "package example\n"+test.code+"\n")
			write(t, "a_test.go", "package example\nimport \"testing\"\nfunc Test(t *testing.T) { if word != \"a\" { t.Fail() } }\n")
			if got := wrapGo("go", []string{"test", "."}); got != test.want {
				t.Errorf("exit status: got %d, want %d", got, test.want)
			}
		})
	}
}

func TestCompleteProfile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.go", `package example

const size = 2 + 3

var double = func(n int) int { return n * 2 }

func run(n int) int {
	switch {
	case n > 1:
		return 1
	}
	return 0
}

func idle(n int) int {
	switch {
	case n > 2:
		return 1
	}
	return 0
}
`)
	profile := `mode: set
github.com/tributary-cdk/tributary/a.go:5.30,5.46 1 0
github.com/tributary-cdk/tributary/a.go:7.21,8.9 1 1
github.com/tributary-cdk/tributary/a.go:9.13,10.11 1 0
github.com/tributary-cdk/tributary/a.go:15.22,16.9 1 0
`
	write(t, "profile", profile)
	if err := completeProfile("profile"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("profile")
	if err != nil {
		t.Fatal(err)
	}
	want := profile + `github.com/tributary-cdk/tributary/a.go:3.1,3.19 1 1
github.com/tributary-cdk/tributary/a.go:9.7,9.12 1 1
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mutants.json")
	mutation := func(status string, n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"type":"CONDITIONALS_NEGATION","status":"`+status+`","line":3,"column":9},`, n), ",")
	}
	write(t, file, `{"files":[{"file_name":"a.go","mutations":[`+strings.Join([]string{
		mutation("KILLED", 17), mutation("LIVED", 1), mutation("NOT COVERED", 2), mutation("TIMED OUT", 1), mutation("NOT VIABLE", 4),
	}, ",")+`]}]}`)
	c, err := readCounts(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c.print(&out, "./a")
	want := `./a                          17      1            2          1           4    94.4 %    90.0 %
  a.go:3:9 CONDITIONALS_NEGATION LIVED
  a.go:3:9 CONDITIONALS_NEGATION NOT COVERED
  a.go:3:9 CONDITIONALS_NEGATION NOT COVERED
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	if err := c.check("./a"); err == nil || !strings.Contains(err.Error(), "got 94.4 and 90.0") {
		t.Errorf("check: got %v, want an error with both figures", err)
	}
	if err := (counts{byStatus: map[string]int{"KILLED": 19, "LIVED": 1}}).check("./a"); err != nil {
		t.Errorf("check of 95 %% and 100 %%: got %v, want nil", err)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
