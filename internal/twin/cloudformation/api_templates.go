package cloudformation

import (
	"context"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// getTemplate implements GetTemplate. The twin supports no transforms, so the stages
// Original and Processed are both the template as the caller sent it.
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
		st, err := s.requestedStack(f, stackNotFound)
		if err != nil {
			return nil, err
		}
		body = st.body
	}
	return struct {
		TemplateBody    string
		StagesAvailable members[string]
	}{body, membersOf([]string{"Original", "Processed"})}, nil
}

// readTemplate returns the template that a request contains, refers to by
// TemplateURL, or identifies by the stack that uses it.
func (s *Service) readTemplate(ctx context.Context, f form) (*template.Template, error) {
	body, err := s.templateBody(ctx, f)
	if err != nil {
		return nil, err
	}
	if body == "" && f.has("StackName") {
		s.mu.Lock()
		defer s.mu.Unlock()
		st, err := s.requestedStack(f, stackNotFound)
		if err != nil {
			return nil, err
		}
		body = st.body
	}
	return s.parse(body)
}

// capabilityElements are the capabilities that a template requires, in a response.
type capabilityElements struct {
	Capabilities       *members[string]
	CapabilitiesReason string `xml:",omitempty"`
}

// capabilitiesOf returns the capabilities that a template requires, for a response.
func capabilitiesOf(t *template.Template) capabilityElements {
	needed, types := capabilities(t)
	if needed == nil {
		return capabilityElements{}
	}
	return capabilityElements{&members[string]{needed}, "The following resource(s) require capabilities: " + bracketed(types)}
}

// getTemplateSummary implements GetTemplateSummary.
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
	t, err := s.readTemplate(ctx, f)
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
		membersOf(parameters), t.Description, capabilitiesOf(t), membersOf(slices.Sorted(maps.Keys(types))), "2010-09-09", metadata,
	}, nil
}

// validateTemplate implements ValidateTemplate.
func (s *Service) validateTemplate(ctx context.Context, f form) (any, error) {
	type parameter struct {
		ParameterKey string
		DefaultValue *string
		NoEcho       bool
		Description  string `xml:",omitempty"`
	}
	t, err := s.readTemplate(ctx, f)
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
	}{membersOf(parameters), t.Description, capabilitiesOf(t)}, nil
}

// listExports implements ListExports.
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
	return struct{ Exports members[export] }{membersOf(out)}, nil
}

// listImports implements ListImports.
func (s *Service) listImports(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := f.get("ExportName")
	users := s.importers(name)
	if len(users) == 0 {
		return nil, validationError("Export '%s' is not imported by any stack.", name)
	}
	return struct{ Imports members[string] }{membersOf(users)}, nil
}

// listHookResults implements ListHookResults. The twin has no hooks, so the list is
// always empty.
func (s *Service) listHookResults(_ context.Context, f form) (any, error) {
	return struct {
		TargetType  string
		TargetID    string `xml:"TargetId"`
		HookResults members[struct{}]
	}{TargetType: f.get("TargetType"), TargetID: f.get("TargetId")}, nil
}
