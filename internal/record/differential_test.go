package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
)

// job is a template for KDG's renderer, and outcome what it makes of it.
type (
	job struct {
		Template string `json:"template"`
		Records  int    `json:"records"`
	}
	outcome struct {
		Records []string `json:"records"`
		Error   string   `json:"error"`
	}
)

const (
	nodeDirectory = "../../bench/node"
	differentZone = "America/Los_Angeles"
)

// renderAsKDG renders templates by npm's faker@3.1.0, as KDG does.
func renderAsKDG(t *testing.T, jobs []job) []outcome {
	t.Helper()
	if _, err := os.Stat(nodeDirectory + "/node_modules/faker"); err != nil {
		t.Skip("faker@3.1.0 isn't there: run make bench/node/node_modules")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node isn't there: install Node.js")
	}
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "differential.mjs")
	cmd.Dir, cmd.Stdin, cmd.Env = nodeDirectory, bytes.NewReader(input), append(os.Environ(), "TZ="+differentZone)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []outcome
	if err := json.Unmarshal(text, &outcomes); err != nil || len(outcomes) != len(jobs) {
		t.Fatalf("%d outcomes of %d jobs, %v", len(outcomes), len(jobs), err)
	}
	return outcomes
}

// renderHere renders a template by this package.
func renderHere(t *testing.T, j job) outcome {
	t.Helper()
	template, err := Parse(j.Template)
	if err != nil {
		return outcome{Error: err.Error()}
	}
	zone, err := time.LoadLocation(differentZone)
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	g := NewGenerator(template, 1)
	for range j.Records {
		text, err := g.Append(nil, time.Now().In(zone))
		if err != nil {
			t.Fatal(err)
		}
		o.Records = append(o.Records, strings.TrimSuffix(string(text), "\n"))
	}
	return o
}

// parted is what parts the fields of the templates that are compared.
const parted = "¦"

// TestSameAsKDG compares, field by field, what KDG and this package make of the
// lab's template, of those of AWS's documentation, and of random ones.
func TestSameAsKDG(t *testing.T) {
	t.Parallel()
	jobs := []job{
		{strings.ReplaceAll(lab.RecordTemplate, ",", parted), 2000},
		{`{"sensorId": {{random.number(50)}}` + parted + `"currentTemperature": {{random.number({ "min":10, "max":150 })}}` + parted + `"status": "{{random.arrayElement(["OK","FAIL","WARN"])}}"}`, 2000},
		{`{{name.firstName}}` + parted + `{{name.lastName}}` + parted + `{{random.number(70)}}` + parted + `{{internet.ip}}`, 2000},
		{"{{random.weightedArrayElement(\n {\n \"weights\": [0.3,0.2,0.5],\n \"data\": [\"cat\",\"fish\",\"dog\"]\n }\n)}}", 2000},
		{`{"time":"{{current.timestamp}}"` + parted + `"a":{"b":{{random.number({"min":1,"max":3})}}}}`, 500},
	}
	for _, name := range newCompiler().names() {
		if kdgOnly[name] == "" {
			jobs = append(jobs, job{"<{{" + name + "}}>", 700})
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 220 {
		jobs = append(jobs, job{randomTemplate(rng), 120})
	}
	for i, theirs := range renderAsKDG(t, jobs) {
		ours := renderHere(t, jobs[i])
		switch {
		case (theirs.Error == "") != (ours.Error == ""):
			t.Errorf("%s\nKDG: %s, here: %s", jobs[i].Template, orAccepted(theirs.Error), orAccepted(ours.Error))
		case theirs.Error == "":
			for _, problem := range compare(jobs[i].Template, theirs.Records, ours.Records) {
				t.Errorf("%s\n%s", jobs[i].Template, problem)
			}
		}
	}
}

func orAccepted(problem string) string {
	if problem == "" {
		return "accepted"
	}
	return problem
}

// kdgOnly are functions that can't be compared, and why.
var kdgOnly = map[string]string{
	"address.nearbyGPSCoordinate": "KDG's, not faker's",
	"internet.session":            "KDG's, not faker's",
	"date.simTime":                "KDG's, not faker's",
	"date.between":                "needs arguments that KDG can't read",
	"random.weightedArrayElement": "needs an argument; compared with one",
	"helpers.createCard":          "an object, JSON here",
	"helpers.contextualCard":      "an object, JSON here",
	"helpers.userCard":            "an object, JSON here",
	"helpers.createTransaction":   "an object, JSON here",
	"system.directoryPath":        "undefined there",
	"system.filePath":             "undefined there",
}

// TestMoreThanKDG holds what KDG throws at, and this package renders.
func TestMoreThanKDG(t *testing.T) {
	t.Parallel()
	var jobs []job
	for _, template := range []string{
		`{"a":{"b":1}},{{random.number(5)}}`, `{{ random.number(5) }}`, `{{random.number()}}`, `{{random.arrayElement(["a(b)"])}}`,
		`{{random.arrayElement(["a}}b"])}}`, `{{commerce.price(10,20)}}`, `{{date.between("2020-01-01","2021-01-01")}}`, `{{helpers.userCard}}`,
		`{{system.filePath}}`, `{{date.past({"years":1,"format":"YYYY"})}}`,
	} {
		jobs = append(jobs, job{template, 20})
	}
	for i, theirs := range renderAsKDG(t, jobs) {
		if ours := renderHere(t, jobs[i]); theirs.Error == "" || ours.Error != "" {
			t.Errorf("%s\nKDG: %s, here: %s", jobs[i].Template, orAccepted(theirs.Error), orAccepted(ours.Error))
		}
	}
}

// randomTemplate returns some random fields, now and then one that makes no sense.
func randomTemplate(rng *rand.Rand) string {
	var fields []string
	for i := range 1 + rng.IntN(6) {
		blank := strings.Repeat(" ", rng.IntN(3)) + strings.Repeat("\n", rng.IntN(2))
		fields = append(fields, fmt.Sprintf(`%s"f%d": "%s"`, blank, i, randomField(rng)))
	}
	return "{" + strings.Join(fields, parted) + "\n}"
}

func randomField(rng *rand.Rand) string {
	number := func() string { return strconv.Itoa(rng.IntN(3000) - 500) }
	choices := []func() string{
		func() string { return "{{random.uuid}}" },
		func() string { return "{{random.number(" + number() + ")}}" },
		func() string { return `{{random.number({"min":` + number() + `,"max":` + number() + `})}}` },
		func() string { return `{{random.number({"max":"` + strconv.Itoa(rng.IntN(99)) + `"})}}` },
		func() string {
			return `{{random.number( {"min":0, "max":10, "precision":` + pick(rng, "0.1", "0.25", "5", "2") + "} )}}"
		},
		func() string { return "{{commerce.price(" + number() + ")}}" },
		func() string { return "{{finance.amount(" + strconv.Itoa(rng.IntN(999)) + ")}}" },
		func() string { return "{{finance.account(" + strconv.Itoa(rng.IntN(12)) + ")}}" },
		func() string { return `{{random.arrayElement(["a", 1, 2.5, true, null, "x y", [1,2]])}}` },
		func() string { return `{{random.objectElement({"a":1,"b":"two"})}}` },
		func() string { return `{{random.weightedArrayElement({"weights":[0.1,0.2,0.7],"data":["a","b",3]})}}` },
		func() string {
			return `{{date.now("` + pick(rng, "YYYY-MM-DD", "DD/MMM/YYYY:HH:mm Z", "dddd, MMMM Do YYYY", "[at] ll", "Q wo E gg") + `")}}`
		},
		func() string { return `{{date.utc("` + pick(rng, "YYYY-MM-DD HH", "X", "DDDo z", "LL", "k A") + `")}}` },
		func() string {
			return "{{date." + pick(rng, "past", "future", "recent") + "(" + strconv.Itoa(rng.IntN(20)) + ")}}"
		},
		func() string { return `{{date.month({"abbr":true})}}` },
		func() string { return `{{address.zipCode("` + pick(rng, "###", "?-##", "A") + `")}}` },
		func() string { return "{{address." + pick(rng, "latitude", "longitude", "zipCode") + "}}" },
		func() string {
			return "{{internet." + pick(rng, "ip", "mac", "color", "password", "protocol", "password(9)") + "}}"
		},
		func() string {
			return "{{phone." + pick(rng, "phoneNumber", "phoneNumberFormat(2)", `phoneNumber("+##")`) + "}}"
		},
		func() string {
			return "{{finance." + pick(rng, "mask", "mask(6)", "bitcoinAddress", "transactionType") + "}}"
		},
		func() string { return "{{image." + pick(rng, "cats", "image", "imageUrl(20)") + "}}" },
		func() string { return "{{lorem." + pick(rng, "words(4)", "sentence(5)") + "}}" },
		func() string {
			return "{{helpers." + pick(rng, `replaceSymbols("#?")`, "shuffle([1,2])", "slugify(a b)") + "}}"
		},
		func() string { return "no function" },
	}
	if rng.IntN(60) == 0 {
		return pick(rng, "{{random.nubmer(1)}}", "{{random.number(abc)}}", "{{random}}", "{{random.arrayElement([])}}", `{{random.arrayElement([{"a":1}])}}`, "{{date.past(x)}}", `{{random.number({"min":"a"})}}`)
	}
	return choices[rng.IntN(len(choices))]()
}

func pick(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }
