package warehouse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// ofType returns a property of all resources of a type, in the order of their logical ids.
func ofType(t *testing.T, stack awscdk.Stack, resourceType, property string) []string {
	t.Helper()
	var found []string
	for id, resource := range synthtest.Resources(t, stack, "") {
		if properties, ok := resource["Properties"].(map[string]any); ok && resource["Type"] == resourceType {
			found = append(found, fmt.Sprint(id, " ", properties[property]))
		}
	}
	slices.Sort(found)
	for i, text := range found {
		_, found[i], _ = strings.Cut(text, " ")
	}
	return found
}

// TestZonesOfANetwork checks the zones of a new VPC's subnets.
func TestZonesOfANetwork(t *testing.T) {
	zones := []string{"eu-west-1b", "eu-west-1c", "eu-west-1a"}
	tests := map[string]struct {
		env   *awscdk.Environment
		props *warehouse.NetworkProps
		want  []string
	}{
		"named":                  {inAccount["aws"], &warehouse.NetworkProps{AvailabilityZones: zones}, zones},
		"named, unknown account": {nil, &warehouse.NetworkProps{AvailabilityZones: zones[:2]}, zones[:2]},
		"one":                    {inAccount["aws"], &warehouse.NetworkProps{AvailabilityZones: zones[:1]}, zones[:1]},
		"three": {inAccount["aws"], &warehouse.NetworkProps{Zones: 3}, []string{
			"map[Fn::Select:[0 map[Fn::GetAZs:]]]", "map[Fn::Select:[1 map[Fn::GetAZs:]]]", "map[Fn::Select:[2 map[Fn::GetAZs:]]]",
		}},
		"by default": {nil, nil, []string{
			"map[Fn::Select:[0 map[Fn::GetAZs:]]]", "map[Fn::Select:[1 map[Fn::GetAZs:]]]",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: test.env})
			warehouse.NewNetwork(stack, jsii.String("Network"), test.props)
			if diff := cmp.Diff(test.want, ofType(t, stack, "AWS::EC2::Subnet", "AvailabilityZone")); diff != "" {
				t.Errorf("zones (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWarehousesInNamedZones checks that warehouses that need three zones accept a network with
// three AvailabilityZones, and refuse one with two.
func TestWarehousesInNamedZones(t *testing.T) {
	stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
	named := func(id string, zones ...string) *warehouse.Network {
		return warehouse.NewNetwork(stack, jsii.String(id), &warehouse.NetworkProps{AvailabilityZones: zones})
	}
	three := named("Three", "eu-west-1a", "eu-west-1b", "eu-west-1c")
	two := named("Two", "eu-west-1a", "eu-west-1b")
	warehouse.NewServerless(stack, jsii.String("Enough"), &warehouse.ServerlessProps{Network: three})
	warehouse.NewServerless(stack, jsii.String("Workgroup"), &warehouse.ServerlessProps{Network: two})
	warehouse.NewCluster(stack, jsii.String("Cluster"), &warehouse.ClusterProps{Network: two, MultiAZ: true})
	expectProblems(
		t, stack,
		"[Shop/Workgroup] Network: a workgroup needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones",
		"[Shop/Cluster] Network: MultiAZ needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones",
	)
}

// TestNetworkProblems checks that the synthesis fails with all problems at once.
func TestNetworkProblems(t *testing.T) {
	stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
	network := warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{
		Zones: 2, AvailabilityZones: []string{"eu-west-1a", "", "euw1-az2", "eu-west-1a", "us-east-1b", *awscdk.Fn_Select(jsii.Number(0), awscdk.Fn_GetAzs(nil))},
		STSEndpoint: true, NoEndpoints: true,
	})
	warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{Network: network}) // adds no problems
	warehouse.NewNetwork(stack, jsii.String("There"), &warehouse.NetworkProps{
		VPC: awsec2.NewVpc(stack, jsii.String("Vpc"), nil), AvailabilityZones: []string{"eu-west-1a"},
	})
	expectProblems(
		t, stack,
		"[Shop/Network] AvailabilityZones: is set together with Zones; remove one of them",
		`[Shop/Network] AvailabilityZones[1]: got ""; write the name of a zone, such as eu-west-1a`,
		`[Shop/Network] AvailabilityZones[2]: got "euw1-az2"; write the name of a zone, such as eu-west-1a`,
		`[Shop/Network] AvailabilityZones[3]: "eu-west-1a" is also AvailabilityZones[0]; remove one of them`,
		`[Shop/Network] AvailabilityZones[4]: got "us-east-1b"; write a zone of the stack's region eu-west-1`,
		"[Shop/Network] STSEndpoint: is set together with NoEndpoints; remove one of them",
		"[Shop/There] AvailabilityZones: is set together with VPC; remove one of them",
	)
}

// TestEndpointOfSTS checks that STSEndpoint adds one endpoint to each VPC, and that the
// endpoint accepts all warehouses in the VPC.
func TestEndpointOfSTS(t *testing.T) {
	own := func(stack awscdk.Stack) awsec2.IVpc { return awsec2.NewVpc(stack, jsii.String("Vpc"), nil) }
	tests := map[string]struct {
		vpc  func(awscdk.Stack) awsec2.IVpc
		sts  bool
		want []string
	}{
		"by default":                   {nil, false, nil},
		"new VPCs":                     {nil, true, []string{"com.amazonaws.eu-west-1.sts", "com.amazonaws.eu-west-1.sts"}},
		"a VPC of the app":             {own, true, []string{"com.amazonaws.eu-west-1.sts"}},
		"a VPC of the app, without it": {own, false, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
			props := &warehouse.NetworkProps{STSEndpoint: test.sts}
			if test.vpc != nil {
				props.VPC = test.vpc(stack)
			}
			for _, id := range []string{"First", "Second"} {
				warehouse.NewNetwork(stack, jsii.String(id), props)
			}
			var got []string
			for _, service := range ofType(t, stack, "AWS::EC2::VPCEndpoint", "ServiceName") {
				if strings.Contains(service, "sts") {
					got = append(got, service)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("endpoints (-want +got):\n%s", diff)
			}
			rules := 2 // to the Kinesis endpoint
			if test.sts {
				rules = 4
			}
			if sources := ingressSources(t, stack); len(sources) != rules {
				t.Errorf("want %d ingress rules, got %q", rules, sources)
			}
		})
	}
}

// TestIsolated checks which networks are isolated.
func TestIsolated(t *testing.T) {
	stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)
	got := map[string]bool{
		"new":                    warehouse.NewNetwork(stack, jsii.String("New"), nil).Isolated(),
		"new, with STS":          warehouse.NewNetwork(stack, jsii.String("STS"), &warehouse.NetworkProps{STSEndpoint: true}).Isolated(),
		"new, without endpoints": warehouse.NewNetwork(stack, jsii.String("NoEndpoints"), &warehouse.NetworkProps{NoEndpoints: true}).Isolated(),
		"in another VPC":         warehouse.NewNetwork(stack, jsii.String("Other"), &warehouse.NetworkProps{VPC: vpc}).Isolated(),
		"of a cluster":           warehouse.NewCluster(stack, jsii.String("Cluster"), nil).Isolated(),
		"of a workgroup":         warehouse.NewServerless(stack, jsii.String("Workgroup"), nil).Isolated(),
		"of an invalid cluster":  warehouse.NewCluster(stack, jsii.String("Bad"), &warehouse.ClusterProps{Nodes: -1}).Isolated(),
	}
	want := map[string]bool{
		"new": true, "new, with STS": true, "new, without endpoints": false, "in another VPC": false,
		"of a cluster": true, "of a workgroup": true, "of an invalid cluster": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("isolated (-want +got):\n%s", diff)
	}
}
