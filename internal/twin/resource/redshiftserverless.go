package resource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

// The resource types of Serverless warehouses.
const (
	namespaceType = "AWS::RedshiftServerless::Namespace"
	workgroupType = "AWS::RedshiftServerless::Workgroup"
)

func serverlessTypes(s Services) map[string]*provider {
	n, w := namespaceProvider{s}, workgroupProvider{s}
	return map[string]*provider{
		namespaceType: {
			name: propertyName("NamespaceName", 64, false), check: n.check,
			create: n.create, update: n.update, remove: n.remove, attributes: namespaceAttributes,
		},
		workgroupType: {
			name: propertyName("WorkgroupName", 64, false), check: w.check,
			create: w.create, update: w.update, remove: w.remove, attributes: workgroupAttributes,
		},
	}
}

// serverlessName matches the valid names of namespaces and workgroups.
var serverlessName = regexp.MustCompile(`^[a-z0-9-]{3,64}$`)

// serverlessNameRule describes the pattern serverlessName in error messages.
const serverlessNameRule = "needs 3 to 64 lower-case letters, digits and hyphens"

// namespaceProvider creates Serverless namespaces.
type namespaceProvider struct{ Services }

// check checks the properties of a namespace.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateNamespace.html
func (n namespaceProvider) check(_ cloudformation.Request, p properties) {
	p.unsupported("NamespaceResourcePolicy", "RedshiftIdcApplicationArn", "SnapshotCopyConfigurations")
	checkPattern(p, "NamespaceName", serverlessName, serverlessNameRule)
	checkPattern(p, "DbName", databaseName, databaseNameRule)
	checkPattern(p, "AdminUsername", userName, userNameRule)
	if p.boolean("ManageAdminPassword", false) && p.has("AdminUserPassword") {
		p.addProblem("AdminUserPassword", "You can't use adminUserPassword if manageAdminPassword is true.")
	}
	if password := p.text("AdminUserPassword"); p.has("AdminUserPassword") && !validPassword(password) {
		p.addProblem("AdminUserPassword", "needs 8 to 64 characters, with an upper-case letter, a lower-case letter and a digit, and without / @ \" ' \\ or white space")
	}
	checkRoles(n.IAM, p, "redshift.amazonaws.com")
}

func validPassword(password string) bool {
	has := func(pattern string) bool { return regexp.MustCompile(pattern).MatchString(password) }
	return len(password) >= 8 && len(password) <= 64 && has("[a-z]") && has("[A-Z]") && has("[0-9]") && !has(`[/@"'\\\s]`)
}

// checkRoles adds a problem for each role in the property IamRoles that does not exist or
// does not trust the service.
func checkRoles(roles *iam.Store, p properties, service string) {
	for i, role := range p.texts("IamRoles") {
		if found, ok := roles.Role(role); !ok || !found.Trusts(service) {
			p.addProblem(fmt.Sprintf("IamRoles[%d]", i), "role %q does not exist or does not trust %s", role, service)
		}
	}
}

func (n namespaceProvider) create(ctx context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	space := redshiftserverless.Namespace{
		Name: r.PhysicalID, ID: namespaceID(r), Database: cmp.Or(p.text("DbName"), "dev"),
		AdminUsername: cmp.Or(p.text("AdminUsername"), "admin"), Roles: attachedroles.New(p.texts("IamRoles"), p.text("DefaultIamRoleArn")),
	}
	return asInvalidRequest(n.Serverless.CreateNamespace(ctx, space))
}

func (n namespaceProvider) update(ctx context.Context, r cloudformation.Request) error {
	add, remove := changedRoles(r)
	var defaultRole *string
	oldDefault := oldPropertiesOf(r).text("DefaultIamRoleArn")
	if newDefault := propertiesOf(r).text("DefaultIamRoleArn"); newDefault != oldDefault {
		defaultRole = &newDefault
	}
	return retryWhileBusy(ctx, func() error { return n.Serverless.ModifyNamespaceRoles(r.PhysicalID, add, remove, defaultRole) })
}

func (n namespaceProvider) remove(ctx context.Context, r cloudformation.Request) error {
	err := n.Serverless.DeleteNamespace(ctx, r.PhysicalID)
	if errors.Is(err, redshiftserverless.ErrNotFound) {
		return nil
	}
	return asInvalidRequest(err)
}

// changedRoles returns the roles that an update attaches and detaches. It never returns
// roles that were attached outside of the stack.
func changedRoles(r cloudformation.Request) (add, remove []string) {
	newRoles, oldRoles := propertiesOf(r).texts("IamRoles"), oldPropertiesOf(r).texts("IamRoles")
	for _, role := range newRoles {
		if !slices.Contains(oldRoles, role) {
			add = append(add, role)
		}
	}
	for _, role := range oldRoles {
		if !slices.Contains(newRoles, role) {
			remove = append(remove, role)
		}
	}
	return add, remove
}

// retryWhileBusy calls change until it returns another error than attachedroles.ErrBusy,
// which means that an earlier change of the roles is in progress.
func retryWhileBusy(ctx context.Context, change func() error) error {
	for {
		err := change()
		if !errors.Is(err, attachedroles.ErrBusy) {
			return asInvalidRequest(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func namespaceID(r cloudformation.Request) string {
	return uuid.FromParts(r.StackID, "namespace", r.PhysicalID)
}

func namespaceAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	return map[string]any{
		"Namespace.NamespaceName": r.PhysicalID, "Namespace.NamespaceId": namespaceID(r),
		"Namespace.NamespaceArn": accountOf(r).ARN("redshift-serverless", "namespace/"+namespaceID(r)),
		"Namespace.DbName":       p.text("DbName"), "Namespace.AdminUsername": p.text("AdminUsername"), "Namespace.Status": "AVAILABLE",
	}
}

// workgroupProvider creates Serverless workgroups.
type workgroupProvider struct{ Services }

// check checks the properties of a workgroup.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateWorkgroup.html
func (w workgroupProvider) check(_ cloudformation.Request, p properties) {
	p.unsupported("RecoveryPointId", "SnapshotArn", "SnapshotName", "SnapshotOwnerAccount")
	checkPattern(p, "WorkgroupName", serverlessName, serverlessNameRule)
	p.checkReference(w.Registry, "NamespaceName", namespaceType)
	if c := p.integer("BaseCapacity", 128); c != 4 && (c < 8 || c > 1024 || c%8 != 0) {
		p.addProblem("BaseCapacity", "needs 4, or 8 to 1024 in steps of 8, got %d", c)
	}
	target := p.object("PricePerformanceTarget")
	target.checkOneOf("Status", "ENABLED", "DISABLED")
	target.checkRange("Level", 1, 1, 100)
	if target.text("Status") == "ENABLED" && p.has("BaseCapacity") {
		p.addProblem("BaseCapacity", "not allowed with an enabled PricePerformanceTarget, which sets the capacity; remove one of them")
	}
	if subnets := p.texts("SubnetIds"); len(subnets) < 3 {
		p.addProblem("SubnetIds", "needs 3 subnets in 3 Availability Zones, got %d", len(subnets))
	}
	p.checkReference(w.Registry, "SubnetIds", "AWS::EC2::Subnet")
	p.checkReference(w.Registry, "SecurityGroupIds", "AWS::EC2::SecurityGroup")
	for _, parameter := range p.objects("ConfigParameters") {
		if parameter.text("ParameterKey") == "" {
			parameter.addProblem("ParameterKey", "required; set it")
		}
	}
}

func (w workgroupProvider) create(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return asInvalidRequest(w.Serverless.CreateWorkgroup(redshiftserverless.Workgroup{
		Name: r.PhysicalID, ID: workgroupID(r), Namespace: p.text("NamespaceName"), BaseCapacity: p.integer("BaseCapacity", 128),
	}))
}

func (w workgroupProvider) update(_ context.Context, r cloudformation.Request) error {
	return asInvalidRequest(w.Serverless.SetBaseCapacity(r.PhysicalID, propertiesOf(r).integer("BaseCapacity", 128)))
}

func (w workgroupProvider) remove(_ context.Context, r cloudformation.Request) error {
	err := w.Serverless.DeleteWorkgroup(r.PhysicalID)
	if errors.Is(err, redshiftserverless.ErrNotFound) {
		return nil
	}
	return asInvalidRequest(err)
}

func workgroupID(r cloudformation.Request) string {
	return uuid.FromParts(r.StackID, "workgroup", r.PhysicalID)
}

func workgroupAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	return map[string]any{
		"Workgroup.WorkgroupName": r.PhysicalID, "Workgroup.WorkgroupId": workgroupID(r),
		"Workgroup.WorkgroupArn":     accountOf(r).ARN("redshift-serverless", "workgroup/"+workgroupID(r)),
		"Workgroup.NamespaceName":    p.text("NamespaceName"),
		"Workgroup.Status":           "AVAILABLE",
		"Workgroup.Endpoint.Address": fmt.Sprintf("%s.%s.%s.redshift-serverless.amazonaws.com", r.PhysicalID, r.Account, r.Region),
		"Workgroup.Endpoint.Port":    "5439",
	}
}
