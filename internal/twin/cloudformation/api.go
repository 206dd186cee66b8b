package cloudformation

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// action is an operation of the API.
type action struct {
	fields []string // the top-level request parameters that it accepts
	run    func(ctx context.Context, f form) (any, error)
}

// newActions returns the supported operations of the API, by name.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
func (s *Service) newActions() map[string]action {
	out := map[string]action{}
	add := func(name, fields string, run func(context.Context, form) (any, error)) {
		out[name] = action{strings.Fields(fields), run}
	}
	const source = " TemplateBody TemplateURL"
	const deploy = source + " StackName Parameters Tags Capabilities RoleARN NotificationARNs RollbackConfiguration DeploymentConfig DisableRollback RetainExceptOnCreate"
	add("CreateChangeSet", deploy+" UsePreviousTemplate ChangeSetName ChangeSetType ClientToken Description IncludeNestedStacks ImportExistingResources OnStackFailure", s.createChangeSetAction)
	add("DescribeChangeSet", "ChangeSetName StackName NextToken IncludePropertyValues", s.describeChangeSet)
	add("ExecuteChangeSet", "ChangeSetName StackName ClientRequestToken DisableRollback RetainExceptOnCreate", s.executeChangeSetAction)
	add("DeleteChangeSet", "ChangeSetName StackName", s.deleteChangeSet)
	add("ListChangeSets", "StackName NextToken", s.listChangeSets)
	add("CreateStack", deploy+" ClientRequestToken EnableTerminationProtection OnFailure", s.createStack)
	add("UpdateStack", deploy+" ClientRequestToken UsePreviousTemplate", s.updateStack)
	add("DeleteStack", "StackName ClientRequestToken RetainResources RoleARN DeploymentConfig DeletionMode", s.deleteStack)
	add("ContinueUpdateRollback", "StackName ClientRequestToken ResourcesToSkip RoleARN", s.continueUpdateRollback)
	add("UpdateTerminationProtection", "StackName EnableTerminationProtection", s.updateTerminationProtection)
	add("DescribeStacks", "StackName NextToken", s.describeStacks)
	add("ListStacks", "StackStatusFilter NextToken", s.listStacks)
	add("DescribeStackEvents", "StackName NextToken", s.describeStackEvents)
	add("DescribeEvents", "StackName ChangeSetName OperationId Filters NextToken", s.describeEvents)
	add("DescribeStackResource", "StackName LogicalResourceId", s.describeStackResource)
	add("DescribeStackResources", "StackName LogicalResourceId PhysicalResourceId", s.describeStackResources)
	add("ListStackResources", "StackName NextToken", s.listStackResources)
	add("GetTemplate", "StackName ChangeSetName TemplateStage", s.getTemplate)
	add("GetTemplateSummary", source+" StackName TemplateSummaryConfig", s.getTemplateSummary)
	add("ValidateTemplate", source, s.validateTemplate)
	add("ListExports", "NextToken", s.listExports)
	add("ListImports", "ExportName NextToken", s.listImports)
	add("ListHookResults", "TargetType TargetId NextToken TypeArn Status", s.listHookResults)
	return out
}

// MaxBody is the maximum size of a request body in bytes. It is larger than any
// valid request: a template of 51,200 bytes and 200 parameters of 4,096 bytes take
// 2.6 MB if every byte is escaped, as in "%0A".
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MaxBody = 4 << 20

// ServeHTTP implements the CloudFormation Query API.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := s.newID()
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
	if err := r.ParseForm(); err != nil {
		writeError(w, requestID, wire.Errorf("MalformedQueryString", "%v", err))
		return
	}
	f := form(r.PostForm)
	name := f.get("Action")
	a, ok := s.actions[name]
	if !ok {
		writeError(w, requestID, wire.Errorf("InvalidAction", "the local twin's CloudFormation has no operation %q", name))
		return
	}
	result, err := any(nil), f.check(name, a.fields)
	if err == nil {
		result, err = a.run(r.Context(), f)
	}
	if err != nil {
		writeError(w, requestID, wire.AsError(err))
		return
	}
	writeResult(w, name, requestID, result)
}

// refuseUnsupported returns an error if a request parameter has a value that the
// twin does not support. The error names all such parameters.
func (f form) refuseUnsupported() error {
	var unsupported []string
	refuse := func(isSet bool, parameter string) {
		if isSet {
			unsupported = append(unsupported, parameter)
		}
	}
	refuse(f.isTrue("DisableRollback"), "DisableRollback")
	refuse(f.isTrue("RetainExceptOnCreate"), "RetainExceptOnCreate")
	refuse(f.isTrue("ImportExistingResources"), "ImportExistingResources")
	refuse(f.has("NotificationARNs.member"), "NotificationARNs")
	refuse(f.has("RollbackConfiguration.RollbackTriggers.member"), "RollbackConfiguration")
	refuse(f.isTrue("DeploymentConfig.DisableRollback"), "DeploymentConfig.DisableRollback")
	for name, known := range map[string]string{
		"DeploymentConfig.Mode": "STANDARD", "OnStackFailure": "ROLLBACK", "OnFailure": "ROLLBACK", "DeletionMode": "STANDARD",
	} {
		refuse(f.has(name) && f.get(name) != known, name+" "+f.get(name))
	}
	if len(unsupported) > 0 {
		return validationError("the local twin's CloudFormation does not support %s", strings.Join(unsupported, ", "))
	}
	return nil
}

// templateBody returns the value of TemplateBody, or the template that it fetches
// from TemplateURL. It returns "" if the request has neither parameter.
func (s *Service) templateBody(ctx context.Context, f form) (string, error) {
	body, address := f.get("TemplateBody"), f.get("TemplateURL")
	switch {
	case body != "" && address != "":
		return "", validationError("Specify only one of TemplateBody and TemplateURL.")
	case len(body) > template.MaxBodyBytes:
		return "", validationError("1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to %d", template.MaxBodyBytes)
	case address == "":
		return body, nil
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return "", validationError("TemplateURL must be a supported URL.")
	}
	if s.fetch == nil {
		return "", validationError("TemplateURL: not supported by this local twin; send TemplateBody")
	}
	fetched, err := s.fetch(ctx, address)
	if err != nil {
		return "", validationError("S3 error: %v", err)
	}
	if len(fetched) > template.MaxURLBytes {
		return "", validationError("Template may not exceed %d bytes in size.", template.MaxURLBytes)
	}
	return string(fetched), nil
}

// readRequest reads the parameters that CreateChangeSet, CreateStack and UpdateStack
// have in common.
func (s *Service) readRequest(ctx context.Context, f form) (request, error) {
	if err := f.refuseUnsupported(); err != nil {
		return request{}, err
	}
	body, err := s.templateBody(ctx, f)
	if err != nil {
		return request{}, err
	}
	r := request{
		stackName: f.get("StackName"), body: body, usePrevious: f.isTrue("UsePreviousTemplate"),
		tags: f.tags(), setsTags: f.has("Tags"), capabilities: f.list("Capabilities"), roleARN: f.get("RoleARN"),
	}
	for _, p := range f.structures("Parameters") {
		r.parameters = append(r.parameters, parameterValue{p.get("ParameterKey"), p.get("ParameterValue"), p.isTrue("UsePreviousValue")})
	}
	if (body == "") != r.usePrevious {
		return request{}, validationError("Either Template URL or Template Body must be specified.")
	}
	return r, nil
}
