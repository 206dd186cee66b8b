package watch

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

// TestText checks how the page shows values: numbers have all their digits, and null
// differs from the empty string.
func TestText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value any
		want  *string
	}{
		"null":           {nil, nil},
		"empty string":   {"", aws.String("")},
		"integer":        {int64(-7), aws.String("-7")},
		"large number":   {1e21, aws.String("1000000000000000000000")},
		"small number":   {2.5e-7, aws.String("0.00000025")},
		"trailing zeros": {json.Number("1371.00"), aws.String("1371.00")},
		"SUPER":          {json.RawMessage(`{"a": 1}`), aws.String(`{"a": 1}`)},
		"boolean":        {true, aws.String("true")},
		"bytes":          {[]byte{1}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, text(test.value)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
