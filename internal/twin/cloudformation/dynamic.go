package cloudformation

import (
	"context"
	"fmt"
	"strings"
)

// resolve returns a copy of properties in which the dynamic references are replaced by
// the values that they refer to.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (s *Service) resolve(ctx context.Context, properties map[string]any) (map[string]any, error) {
	v, err := s.resolveValue(ctx, properties)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil //nolint:errcheck // resolveValue returns a map for a map
}

// resolveValue is like resolve, for a value of any type.
func (s *Service) resolveValue(ctx context.Context, v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range keys(v) {
			item, err := s.resolveValue(ctx, v[key])
			if err != nil {
				return nil, err
			}
			out[key] = item
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			item, err := s.resolveValue(ctx, v[i])
			if err != nil {
				return nil, err
			}
			out[i] = item
		}
		return out, nil
	case string:
		return s.resolveText(ctx, v)
	default:
		return v, nil
	}
}

// resolveText replaces each {{resolve:reference}} in text.
func (s *Service) resolveText(ctx context.Context, text string) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "{{resolve:")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		reference, rest, closed := strings.Cut(after, "}}")
		if !closed || s.resolveReference == nil {
			return "", refusef("the local twin can't resolve the dynamic reference {{resolve:%s", after)
		}
		value, err := s.resolveReference(ctx, reference)
		if err != nil {
			return "", fmt.Errorf("resolve %q: %w", reference, err)
		}
		out.WriteString(value)
		text = rest
	}
}
