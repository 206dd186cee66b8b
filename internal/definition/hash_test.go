package definition_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestHashesStay checks that the definitions in testdata/plan have the same hashes as in
// earlier releases, which have stored them in the ledgers of deployed stacks. If a hash
// changed, the function would replace an unchanged view.
func TestHashesStay(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"create_diststyle_auto":   "242662c9028d9c0e1907b5ff8c937d82fac4af3ca9ffd0913c2473f08b89e130",
		"create_every_type":       "55b7e13a148dc4b80c5919cb21c7464dd5020e725b37642d0e557d5760aa7634",
		"create_fail":             "87624a6f48ccf34985e3ccde752d1ea1de40bec0e97eb499a5da6e3978c4216c",
		"create_iam_grants":       "242662c9028d9c0e1907b5ff8c937d82c45f34cb7d5169cd8cc88f6b30a50f49",
		"create_kafka":            "724441d73dd1141561652e5075a55bdde4572e61817ec3057fdbf1f9e655967b",
		"create_kafka_open":       "724441d73dd1141561652e5075a55bdda1421bc7ba8e978f0bbc5c96068eb08b",
		"create_landing":          "335cef2f51adb48d1350f0c757fe2f47c38691c41d86dca02f1170a7e58fc891",
		"create_msk":              "c062cfdec1e4e93e114ca1c9b9a72eb6e0b388f7d158d653d565b3b0d6565525",
		"create_plain":            "c77b346f950b2df49625730d338c548170ef8378077a3a08de37440f4d041a5a",
		"create_raw":              "a2b25617c911cb8076e12edf9b24798c02bf114584aa7adcf930e1f03f5043f7",
		"create_schema":           "8841d886ac85cf24a6311bca59dbe21314cfc972374b7178829657179e2b7f0f",
		"create_schema_elsewhere": "4a95a1235d8ed3b54a2546df5e9d9f1ba3d4cc93bcb322df4d751f757d462d01",
		"create_schema_grants":    "8841d886ac85cf24a6311bca59dbe21354964dad2ce3bceadef7aa987199ad15",
		"create_skip_manual":      "347f54422e7e9ae5c3695608b8e34e372f4b6fb011d4b8acc4c0834fd656e501",
		"create_topic":            "7a0d1e365df4caaceb451c0f35d96947c53691d12b8d8a0c127e09f7d4c73074",
		"create_typed":            "2780b692ee715056a5517b1777e815adc2b00cbf9bc0e36e1161f537785d6448",
		"create_view_schema":      "1334678105064afe2a736ebbc26d844c1b1381c9e00c18d362110f550d92620e",
		"drop":                    "f45c819a99c6730e200d86a11531416f71b8721351ca3cdfc1dd7fe4761eb96f",
		"drop_plain":              "8333718b1473fa6813e9f1bed3bcc06cd76c61c081a90035f236a5f9b450e6a3",
		"drop_view_schema":        "1334678105064afe2a736ebbc26d844c294b4d119ae80a7317e9f554d2523b35",
		"update_diststyle":        "242662c9028d9c0e1907b5ff8c937d82fac4af3ca9ffd0913c2473f08b89e130",
		"update_grants":           "242662c9028d9c0e1907b5ff8c937d827c6fd6a73ffd8165700cdb115ae51cdf",
		"update_kafka":            "724441d73dd1141561652e5075a55bdd8cea91e1534e7b41c4578965e9f74fe8",
		"update_kafka_refused":    "724441d73dd1141561652e5075a55bdd49d034ac07d1451d49411f523c251e43",
		"update_keys":             "69386f72e827afffcc9753a8322e186fee8bb329f67a3691dcc851d636914322",
		"update_keys_back":        "69386f72e827afffcc9753a8322e186f629e6e18ff1d05749f7cdf3c69d5d884",
		"update_nothing":          "5a4aa5b1232670c0ddfb8f24c838963cd1d509d731d5a809ce3cf5bbaf32561c",
		"update_plain":            "cf4ecaaea138140326d5eac1ec674f9b3d80ba57e0c5f2e128846ba555fdd400",
		"update_query":            "c35fe52ca1e6a52508e89e42c214ed5bab1f15cd760cd0fe4b4dc087ce48dbac",
		"update_query_discard":    "c35fe52ca1e6a52508e89e42c214ed5bab1f15cd760cd0fe4b4dc087ce48dbac",
		"update_query_keyed":      "51119728e9782dbaa8a625d251b03e68d493099fad5391cb14030c0a58813993",
		"update_view_schema":      "1334678105064afe2a736ebbc26d844c5c2f55c5833e2fced6216c0acaaa2344",
	}
	got := map[string]string{}
	for name := range want {
		archive, err := txtar.ParseFile(filepath.Join("testdata/plan", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		declared := section(archive, "want.json").Data
		if len(declared) == 0 {
			declared = section(archive, "old.json").Data
		}
		got[name] = read(t, string(declared)).Hash()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hashes (-want +got):\n%s", diff)
	}
}
