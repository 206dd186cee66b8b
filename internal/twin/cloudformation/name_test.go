package cloudformation

import "testing"

func TestPhysicalName(t *testing.T) {
	t.Parallel()
	r := Request{StackName: "Tributary", StackID: "arn", LogicalID: "EvStreamDataABCDEF", RequestID: "1"}
	tests := []struct {
		name  string
		max   int
		lower bool
		want  string
	}{
		{"not shortened", 128, false, "Tributary-EvStreamDataABCDEF-J22KPLJ35LLI"},
		{"shortened", 30, false, "Tributar-EvStream-J22KPLJ35LLI"},
		{"lower case", 40, true, "tributary-evstreamdataabcde-j22kplj35lli"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := PhysicalName(r, tt.max, tt.lower); got != tt.want || len(got) > tt.max {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
