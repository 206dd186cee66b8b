package cloudformation

import (
	"context"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// getTemplate answers GetTemplate. Templates have no transforms here: both
// stages are the template as it was sent.
func (s *Service) getTemplate(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body string
	if f.has("ChangeSetName") {
		_, c, err := s.findChangeSet(f)
		if err != nil {
			return nil, err
		}
		body = c.target.body
	} else {
		st, err := s.named(f, unknownStack)
		if err != nil {
			return nil, err
		}
		body = st.body
	}
	return struct {
		TemplateBody    string
		StagesAvailable members[string]
	}{body, listed([]string{"Original", "Processed"})}, nil
}

// read returns the template that a request sends, points to or names by its
// stack.
func (s *Service) read(ctx context.Context, f form) (*template.Template, error) {
	body, err := s.templateBody(ctx, f)
	if err != nil {
		return nil, err
	}
	if body == "" && f.has("StackName") {
		s.mu.Lock()
		defer s.mu.Unlock()
		st, err := s.named(f, unknownStack)
		if err != nil {
			return nil, err
		}
		body = st.body
	}
	return s.parse(body)
}

// capabilityElements is what a template needs, in answers.
type capabilityElements struct {
	Capabilities       *members[string]
	CapabilitiesReason string `xml:",omitempty"`
}

// capabilitiesOf returns what a template needs, for answers.
func capabilitiesOf(t *template.Template) capabilityElements {
	needed, types := capabilities(t)
	if needed == nil {
		return capabilityElements{}
	}
	return capabilityElements{&members[string]{needed}, "The following resource(s) require capabilities: " + bracketed(types)}
}

// getTemplateSummary answers GetTemplateSummary.
func (s *Service) getTemplateSummary(ctx context.Context, f form) (any, error) {
	type constraints struct {
		AllowedValues *members[string]
	}
	type declaration struct {
		ParameterKey         string
		DefaultValue         *string
		ParameterType        string
		NoEcho               bool
		Description          string `xml:",omitempty"`
		ParameterConstraints constraints
	}
	t, err := s.read(ctx, f)
	if err != nil {
		return nil, err
	}
	var parameters []declaration
	for _, name := range keys(t.Parameters) {
		p := t.Parameters[name]
		d := declaration{
			ParameterKey: name, DefaultValue: p.Default, ParameterType: p.Type, NoEcho: p.NoEcho, Description: p.Description,
		}
		if p.AllowedValues != nil {
			d.ParameterConstraints.AllowedValues = &members[string]{p.AllowedValues}
		}
		parameters = append(parameters, d)
	}
	types := map[string]bool{}
	for _, r := range t.Resources {
		types[r.Type] = true
	}
	metadata := ""
	if t.Metadata != nil {
		metadata = text(t.Metadata)
	}
	return struct {
		Parameters  members[declaration]
		Description string `xml:",omitempty"`
		capabilityElements
		ResourceTypes members[string]
		Version       string
		Metadata      string `xml:",omitempty"`
	}{
		listed(parameters), t.Description, capabilitiesOf(t), listed(slices.Sorted(maps.Keys(types))), "2010-09-09", metadata,
	}, nil
}

// validateTemplate answers ValidateTemplate.
func (s *Service) validateTemplate(ctx context.Context, f form) (any, error) {
	type parameter struct {
		ParameterKey string
		DefaultValue *string
		NoEcho       bool
		Description  string `xml:",omitempty"`
	}
	t, err := s.read(ctx, f)
	if err != nil {
		return nil, err
	}
	var parameters []parameter
	for _, name := range keys(t.Parameters) {
		p := t.Parameters[name]
		parameters = append(parameters, parameter{name, p.Default, p.NoEcho, p.Description})
	}
	return struct {
		Parameters  members[parameter]
		Description string `xml:",omitempty"`
		capabilityElements
	}{listed(parameters), t.Description, capabilitiesOf(t)}, nil
}

// listExports answers ListExports.
func (s *Service) listExports(context.Context, form) (any, error) {
	type export struct {
		ExportingStackID string `xml:"ExportingStackId"`
		Name, Value      string
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []export
	for _, e := range s.exports() {
		value, _ := e.value.(string)
		out = append(out, export{e.stackID, e.name, value})
	}
	return struct{ Exports members[export] }{listed(out)}, nil
}

// listImports answers ListImports.
func (s *Service) listImports(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := f.get("ExportName")
	users := s.importers(name)
	if len(users) == 0 {
		return nil, validation("Export '%s' is not imported by any stack.", name)
	}
	return struct{ Imports members[string] }{listed(users)}, nil
}

// listHookResults answers ListHookResults: there are no hooks here, so that no
// target has results.
func (s *Service) listHookResults(_ context.Context, f form) (any, error) {
	return struct {
		TargetType  string
		TargetID    string `xml:"TargetId"`
		HookResults members[struct{}]
	}{TargetType: f.get("TargetType"), TargetID: f.get("TargetId")}, nil
}
