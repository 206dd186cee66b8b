package lambda_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	self := map[string]string{"bootstrap": "#!/bin/sh\n"}
	tests := map[string]struct {
		change func(*lambda.Config)
		want   string
	}{
		"every problem at once": {
			func(c *lambda.Config) {
				c.Runtime, c.Timeout, c.Architecture = "nodejs22.x", time.Hour, "riscv"
				c.Environment = map[string]string{"AWS_REGION": "x"}
			},
			`InvalidParameterValueException: Runtime "nodejs22.x": the local twin runs "provided.al2023" and "provided.al2"; ` +
				`Architectures "riscv": "x86_64" or "arm64"; Timeout 1h0m0s: 1 s to 900 s; ` +
				`Environment.Variables "AWS_REGION": reserved by Lambda`,
		},
		"not a zip":       {func(c *lambda.Config) { c.Code = []byte("x") }, "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again. (zip: not a valid zip file)"},
		"no bootstrap":    {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"index.js": ""}, 0o755) }, "InvalidParameterValueException: code: no file \"bootstrap\" at the top of the zip, which a provided runtime starts"},
		"not executable":  {func(c *lambda.Config) { c.Code = archive(t, self, 0o644) }, `InvalidParameterValueException: code: "bootstrap" is not an executable file (mode -rw-r--r--)`},
		"leads outside":   {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"../evil": "x"}, 0o755) }, `code: InvalidParameterValueException: "../evil" leads out of the function's directory`},
		"a symbolic link": {func(c *lambda.Config) { c.Code = archive(t, map[string]string{"bootstrap": "x"}, 0o777|fs.ModeSymlink) }, `code: InvalidParameterValueException: "bootstrap" is a L---------; the local twin unpacks files and directories`},
		"not a program": {func(c *lambda.Config) {
			c.Code = archive(t, map[string]string{"bootstrap": "MZ......................................................................"}, 0o755)
		}, "code: bootstrap is neither a script nor a Linux program: bad magic number '[77 90 46 46]' in record at byte 0x0"},
		"a name in use": {func(c *lambda.Config) { c.Name = "taken" }, "ResourceConflictException: Function already exist: taken"},
	}
	s, _ := start(t, nil)
	create(t, s, config(t, "taken"))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t, "fn")
			tt.change(&c)
			err := s.Create(t.Context(), c, nil)
			if err == nil {
				t.Fatal("got no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
