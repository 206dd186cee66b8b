package lambda

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Config is the configuration of a function and its code.
type Config struct {
	Name, Description, Role string // Role is an ARN
	Runtime                 string // "provided.al2023" or "provided.al2"
	Handler                 string
	Architecture            string            // "x86_64" or "arm64"; empty means "x86_64"
	Code                    Code              // a zip with a bootstrap; Create and Update do not keep it
	MemorySize              int               // in MB; zero means 128
	Timeout                 time.Duration     // zero means 3 s
	Environment             map[string]string // environment variables
}

// Code is a function's zip file, such as a *[bytes.Reader] or an object in the twin's
// S3.
type Code interface {
	io.ReaderAt
	Size() int64
}

// check sets defaults. It returns one error that lists everything in the configuration
// that Lambda or the twin does not support.
func (c *Config) check() error {
	c.Architecture = cmp.Or(c.Architecture, "x86_64")
	c.MemorySize = cmp.Or(c.MemorySize, 128)
	c.Timeout = cmp.Or(c.Timeout, 3*time.Second)
	var problems []string
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	refuse(c.Name == "", "FunctionName: required")
	refuse(c.Code == nil || c.Code.Size() == 0, "Code: required")
	refuse(!slices.Contains([]string{"provided.al2023", "provided.al2"}, c.Runtime),
		"Runtime: the local twin supports \"provided.al2023\" and \"provided.al2\", got %q", c.Runtime)
	refuse(c.Handler == "", "Handler: required")
	refuse(c.Architecture != "x86_64" && c.Architecture != "arm64",
		"Architectures: needs \"x86_64\" or \"arm64\", got %q", c.Architecture)
	refuse(c.MemorySize < 128 || c.MemorySize > 10240, "MemorySize: needs 128 to 10240 MB, got %d", c.MemorySize)
	refuse(c.Timeout < time.Second || c.Timeout > 15*time.Minute, "Timeout: needs 1 s to 900 s, got %v", c.Timeout)
	for _, name := range slices.Sorted(maps.Keys(c.Environment)) {
		refuse(reserved(name), "Environment.Variables: Lambda reserves the name %q; remove it", name)
	}
	if len(problems) > 0 {
		return wire.Errorf("InvalidParameterValueException", "%s", strings.Join(problems, "; "))
	}
	return nil
}

// reserved reports whether Lambda reserves an environment variable, so that a function's
// configuration may not set it.
func reserved(name string) bool {
	switch name {
	case "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR":
		return true
	}
	return false
}
