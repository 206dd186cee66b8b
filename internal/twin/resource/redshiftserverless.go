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

func serverlessTypes(s Services) map[string]*maker {
	n, w := namespaces{s}, workgroups{s}
	return map[string]*maker{
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

// serverlessName is what namespaces and workgroups may be called.
var serverlessName = regexp.MustCompile(`^[a-z0-9-]{3,64}$`)

// namespaces makes Serverless namespaces.
type namespaces struct{ Services }

// check checks a namespace as the service does.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateNamespace.html
func (n namespaces) check(_ cloudformation.Request, p properties) {
	p.unsupported("NamespaceResourcePolicy", "RedshiftIdcApplicationArn", "SnapshotCopyConfigurations")
	match(p, "NamespaceName", serverlessName, "3 to 64 lower-case letters, digits and hyphens are needed")
	match(p, "DbName", databaseName, "1 to 64 lower-case letters, digits, _ and $ are needed, a letter or _ first")
	match(p, "AdminUsername", userName, "a lower-case name is needed, a letter first")
	if p.boolean("ManageAdminPassword", false) && p.has("AdminUserPassword") {
		p.refuse("AdminUserPassword", "You can't use adminUserPassword if manageAdminPassword is true.")
	}
	if password := p.text("AdminUserPassword"); p.has("AdminUserPassword") && !adminPassword(password) {
		p.refuse("AdminUserPassword", "8 to 64 characters are needed, with an upper-case and a lower-case letter and a digit, and none of / @ \" ' and blanks")
	}
	checkRoles(n.IAM, p, "redshift.amazonaws.com")
}

func adminPassword(password string) bool {
	has := func(pattern string) bool { return regexp.MustCompile(pattern).MatchString(password) }
	return len(password) >= 8 && len(password) <= 64 && has("[a-z]") && has("[A-Z]") && has("[0-9]") && !has(`[/@"'\\\s]`)
}

// checkRoles refuses roles that Redshift may not assume.
func checkRoles(roles *iam.Store, p properties, service string) {
	for i, role := range p.texts("IamRoles") {
		if found, ok := roles.Role(role); !ok || !found.Trusts(service) {
			p.refuse(fmt.Sprintf("IamRoles[%d]", i), "no role %q exists that %s may assume", role, service)
		}
	}
}

func (n namespaces) create(ctx context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	space := redshiftserverless.Namespace{
		Name: r.PhysicalID, ID: namespaceID(r), Database: cmp.Or(p.text("DbName"), "dev"),
		AdminUsername: cmp.Or(p.text("AdminUsername"), "admin"), Roles: attachedroles.New(p.texts("IamRoles"), p.text("DefaultIamRoleArn")),
	}
	return invalid(n.Serverless.CreateNamespace(ctx, space))
}

func (n namespaces) update(ctx context.Context, r cloudformation.Request) error {
	add, remove := changedRoles(r)
	var defaultRole *string
	before := oldPropertiesOf(r).text("DefaultIamRoleArn")
	if now := propertiesOf(r).text("DefaultIamRoleArn"); now != before {
		defaultRole = &now
	}
	return settled(ctx, func() error { return n.Serverless.ModifyNamespaceRoles(r.PhysicalID, add, remove, defaultRole) })
}

func (n namespaces) remove(ctx context.Context, r cloudformation.Request) error {
	err := n.Serverless.DeleteNamespace(ctx, r.PhysicalID)
	if errors.Is(err, redshiftserverless.ErrNotFound) {
		return nil
	}
	return invalid(err)
}

// changedRoles returns what an update attaches and detaches. What others have attached
// it doesn't touch.
func changedRoles(r cloudformation.Request) (add, remove []string) {
	now, before := propertiesOf(r).texts("IamRoles"), oldPropertiesOf(r).texts("IamRoles")
	for _, role := range now {
		if !slices.Contains(before, role) {
			add = append(add, role)
		}
	}
	for _, role := range before {
		if !slices.Contains(now, role) {
			remove = append(remove, role)
		}
	}
	return add, remove
}

// settled makes a change once the one before it is done.
func settled(ctx context.Context, change func() error) error {
	for {
		err := change()
		if !errors.Is(err, attachedroles.ErrBusy) {
			return invalid(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func namespaceID(r cloudformation.Request) string {
	return uuid.Of(r.StackID, "namespace", r.PhysicalID)
}

func namespaceAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	return map[string]any{
		"Namespace.NamespaceName": r.PhysicalID, "Namespace.NamespaceId": namespaceID(r),
		"Namespace.NamespaceArn": accountOf(r).ARN("redshift-serverless", "namespace/"+namespaceID(r)),
		"Namespace.DbName":       p.text("DbName"), "Namespace.AdminUsername": p.text("AdminUsername"), "Namespace.Status": "AVAILABLE",
	}
}

// workgroups makes Serverless workgroups.
type workgroups struct{ Services }

// check checks a workgroup as the service does.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateWorkgroup.html
func (w workgroups) check(_ cloudformation.Request, p properties) {
	p.unsupported("RecoveryPointId", "SnapshotArn", "SnapshotName", "SnapshotOwnerAccount")
	match(p, "WorkgroupName", serverlessName, "3 to 64 lower-case letters, digits and hyphens are needed")
	p.refersTo(w.Registry, "NamespaceName", namespaceType)
	if c := p.integer("BaseCapacity", 128); c != 4 && (c < 8 || c > 1024 || c%8 != 0) {
		p.refuse("BaseCapacity", "4, or 8 to 1024 in steps of 8, is needed, got %d", c)
	}
	target := p.object("PricePerformanceTarget")
	target.oneOf("Status", "ENABLED", "DISABLED")
	target.between("Level", 1, 1, 100)
	if target.text("Status") == "ENABLED" && p.has("BaseCapacity") {
		p.refuse("BaseCapacity", "a price-performance target sets it")
	}
	if subnets := p.texts("SubnetIds"); len(subnets) < 3 {
		p.refuse("SubnetIds", "3 subnets in 3 Availability Zones are needed, got %d", len(subnets))
	}
	p.refersTo(w.Registry, "SubnetIds", "AWS::EC2::Subnet")
	p.refersTo(w.Registry, "SecurityGroupIds", "AWS::EC2::SecurityGroup")
	for _, parameter := range p.objects("ConfigParameters") {
		if parameter.text("ParameterKey") == "" {
			parameter.refuse("ParameterKey", "required")
		}
	}
}

func (w workgroups) create(_ context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return invalid(w.Serverless.CreateWorkgroup(redshiftserverless.Workgroup{
		Name: r.PhysicalID, ID: workgroupID(r), Namespace: p.text("NamespaceName"), BaseCapacity: p.integer("BaseCapacity", 128),
	}))
}

func (w workgroups) update(_ context.Context, r cloudformation.Request) error {
	return invalid(w.Serverless.SetBaseCapacity(r.PhysicalID, propertiesOf(r).integer("BaseCapacity", 128)))
}

func (w workgroups) remove(_ context.Context, r cloudformation.Request) error {
	err := w.Serverless.DeleteWorkgroup(r.PhysicalID)
	if errors.Is(err, redshiftserverless.ErrNotFound) {
		return nil
	}
	return invalid(err)
}

func workgroupID(r cloudformation.Request) string {
	return uuid.Of(r.StackID, "workgroup", r.PhysicalID)
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
