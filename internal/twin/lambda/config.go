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

// Config is what a function is made from.
type Config struct {
	Name, Description, Role string
	Runtime                 string // "provided.al2023" or "provided.al2"
	Handler                 string
	Architecture            string // "x86_64" or "arm64"; empty means "x86_64"
	Code                    Code   // a zip file with a bootstrap in it; read only while the function is made
	MemorySize              int    // MB; zero means 128
	Timeout                 time.Duration
	Environment             map[string]string
}

// Code is a function's zip file. A *[bytes.Reader] and a file of S3's are some.
type Code interface {
	io.ReaderAt
	Size() int64
}

// check refuses what Lambda, or the twin, does not take: all at once.
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
		"Runtime %q: the local twin runs \"provided.al2023\" and \"provided.al2\"", c.Runtime)
	refuse(c.Handler == "", "Handler: required")
	refuse(c.Architecture != "x86_64" && c.Architecture != "arm64",
		"Architectures %q: \"x86_64\" or \"arm64\"", c.Architecture)
	refuse(c.MemorySize < 128 || c.MemorySize > 10240, "MemorySize %d: 128 to 10240 MB", c.MemorySize)
	refuse(c.Timeout < time.Second || c.Timeout > 15*time.Minute, "Timeout %v: 1 s to 900 s", c.Timeout)
	for _, name := range slices.Sorted(maps.Keys(c.Environment)) {
		refuse(reserved(name), "Environment.Variables %q: reserved by Lambda", name)
	}
	if len(problems) > 0 {
		return wire.Errorf("InvalidParameterValueException", "%s", strings.Join(problems, "; "))
	}
	return nil
}

// reserved says whether a function may not set an environment variable.
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
