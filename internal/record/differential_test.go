package record

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
)

var long = flag.Bool("long", false, "compare random templates, and many records of each function, with faker")

// job is a template that faker renders, and outcome is what faker returns for it.
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
	timeZone      = "America/Los_Angeles"
)

// startKDG starts to render templates with the npm package faker@3.1.0, like KDG. The returned
// function waits for the outcomes.
func startKDG(t *testing.T, jobs []job) func() []outcome {
	t.Helper()
	if _, err := os.Stat(nodeDirectory + "/node_modules/faker"); err != nil {
		t.Skip("faker@3.1.0 is not installed: run make bench/node/node_modules")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: install Node.js")
	}
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "differential.mjs")
	cmd.Dir, cmd.Stdin, cmd.Env = nodeDirectory, bytes.NewReader(input), append(os.Environ(), "TZ="+timeZone)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() []outcome {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("differential.mjs: %v\n%s", err, stderr.String())
		}
		var outcomes []outcome
		if err := json.Unmarshal(stdout.Bytes(), &outcomes); err != nil || len(outcomes) != len(jobs) {
			t.Fatalf("outcomes of differential.mjs: want %d, got %d, error %v", len(jobs), len(outcomes), err)
		}
		return outcomes
	}
}

// renderHere renders a template with this package.
func renderHere(t *testing.T, j job) outcome {
	t.Helper()
	template, err := Parse(j.Template)
	if err != nil {
		return outcome{Error: err.Error()}
	}
	zone, err := time.LoadLocation(timeZone)
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

// separator separates the fields of the compared templates.
const separator = "¦"

// TestAgainstKDG renders templates with faker and with this package. It compares the values
// field by field. It also tests that this package renders templates that KDG can't render.
// Without the flag -long, it renders fewer records, and each kind of field only once.
func TestAgainstKDG(t *testing.T) {
	t.Parallel()
	same := append(documentedJobs(), functionJobs()...)
	same = append(same, fieldJobs()...)
	more := jobsOfExtensions()
	jobs := append(slices.Clone(same), more...)
	wait := startKDG(t, jobs)
	rendered := make([]outcome, len(jobs))
	for i, j := range jobs {
		rendered[i] = renderHere(t, j)
	}
	outcomes := wait()
	for i, kdg := range outcomes[:len(same)] {
		here := rendered[i]
		switch {
		case (kdg.Error == "") != (here.Error == ""):
			t.Errorf("%s\nerror of KDG: %q, error here: %q", same[i].Template, kdg.Error, here.Error)
		case kdg.Error == "":
			for _, problem := range compare(same[i].Template, kdg.Records, here.Records) {
				t.Errorf("%s\n%s", same[i].Template, problem)
			}
		}
	}
	for i, kdg := range outcomes[len(same):] {
		if here := rendered[len(same)+i]; kdg.Error == "" || here.Error != "" {
			t.Errorf("%s\nerror of KDG: want one, got %q; error here: want none, got %q", more[i].Template, kdg.Error, here.Error)
		}
	}
}

// documentedJobs returns the template of the lab and those of AWS's documentation.
func documentedJobs() []job {
	records := 200
	if *long {
		records = 2000
	}
	return []job{
		{strings.ReplaceAll(lab.RecordTemplate, ",", separator), records},
		{`{"sensorId": {{random.number(50)}}` + separator + `"currentTemperature": {{random.number({ "min":10, "max":150 })}}` + separator + `"status": "{{random.arrayElement(["OK","FAIL","WARN"])}}"}`, records},
		{`{{name.firstName}}` + separator + `{{name.lastName}}` + separator + `{{random.number(70)}}` + separator + `{{internet.ip}}`, records},
		{"{{random.weightedArrayElement(\n {\n \"weights\": [0.3,0.2,0.5],\n \"data\": [\"cat\",\"fish\",\"dog\"]\n }\n)}}", records},
		{`{"time":"{{current.timestamp}}"` + separator + `"a":{"b":{{random.number({"min":1,"max":3})}}}}`, records},
	}
}

// functionJobs returns templates with all functions that need no arguments: one template for
// the functions that are slow in faker, one for the functions that return words, and one for
// the others.
func functionJobs() []job {
	var slow, words, others []string
	for _, name := range newCompiler().names() {
		field := "<{{" + name + "}}>"
		switch {
		case notComparable[name] != "":
		case slowInFaker[name]:
			slow = append(slow, field)
		case wordCall.MatchString(field) && name != "lorem.text": // has texts of very different lengths
			words = append(words, field)
		default:
			others = append(others, field)
		}
	}
	jobs := []job{
		{strings.Join(slow, separator), 5},
		{strings.Join(words, separator), 30},
		{strings.Join(others, separator), 120},
	}
	if *long {
		for i := range jobs {
			jobs[i].Records = 700
		}
	}
	return jobs
}

// slowInFaker are the functions of which faker renders only some hundred values per second.
var slowInFaker = map[string]bool{"system.fileType": true, "system.fileName": true, "system.fileExt": true}

// notComparable are the functions that TestAgainstKDG doesn't compare, with the reason.
var notComparable = map[string]string{
	"address.nearbyGPSCoordinate": "defined by KDG, not by faker",
	"internet.session":            "defined by KDG, not by faker",
	"date.simTime":                "defined by KDG, not by faker",
	"date.between":                "needs arguments that KDG can't parse",
	"random.weightedArrayElement": "needs an argument; documentedJobs has one with it",
	"helpers.createCard":          "KDG prints [object Object], this package JSON",
	"helpers.contextualCard":      "KDG prints [object Object], this package JSON",
	"helpers.userCard":            "KDG prints [object Object], this package JSON",
	"helpers.createTransaction":   "KDG prints [object Object], this package JSON",
	"system.directoryPath":        "KDG prints undefined",
	"system.filePath":             "KDG prints undefined",
}

// fieldJobs returns templates of random fields. Without the flag -long, each kind of field
// is in one template.
func fieldJobs() []job {
	rng := rand.New(rand.NewPCG(1, 1))
	var jobs []job
	if *long {
		for range 220 {
			jobs = append(jobs, job{randomTemplate(rng), 120})
		}
		return jobs
	}
	for _, field := range fields(rng) {
		jobs = append(jobs, job{`{"f": "` + field() + `"}`, 120})
	}
	for _, field := range invalidFields {
		jobs = append(jobs, job{field, 1})
	}
	return jobs
}

// jobsOfExtensions returns templates that KDG can't render and this package can.
func jobsOfExtensions() []job {
	var jobs []job
	for _, template := range []string{
		`{"a":{"b":1}},{{random.number(5)}}`, `{{ random.number(5) }}`, `{{random.number()}}`, `{{random.arrayElement(["a(b)"])}}`,
		`{{random.arrayElement(["a}}b"])}}`, `{{commerce.price(10,20)}}`, `{{date.between("2020-01-01","2021-01-01")}}`, `{{helpers.userCard}}`,
		`{{system.filePath}}`, `{{date.past({"years":1,"format":"YYYY"})}}`,
	} {
		jobs = append(jobs, job{template, 20})
	}
	return jobs
}
