package record_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/record"
)

// Records of a template. The same seed always gives the same records.
func ExampleParse() {
	template, err := record.Parse(`{"sensor":{{random.number({"min":10,"max":12})}},"status":"{{random.arrayElement(["OK","FAIL"])}}"}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := record.NewGenerator(template, 42)
	at := time.Date(2026, 11, 22, 18, 57, 13, 0, time.UTC)
	var text []byte
	for range 3 {
		text, _ = g.Append(text, at)
	}
	fmt.Printf("%s", text)
	// Output:
	// {"sensor":10,"status":"FAIL"}
	// {"sensor":11,"status":"FAIL"}
	// {"sensor":12,"status":"FAIL"}
}

// All problems of a template, with their positions.
func ExampleParse_problems() {
	_, err := record.Parse(`{"a":{{random.nubmer}},"b":{{random.uuid(4)}}}`)
	fmt.Println(err)
	// Output:
	// line 1, column 6: unknown function "random.nubmer"; did you mean "random.number"?
	// line 1, column 28: random.uuid: accepts no arguments, got 4
}

// Seek renders a record out of order.
func ExampleGenerator_Seek() {
	template, err := record.Parse(`{{random.number(1000)}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := record.NewGenerator(template, 1)
	g.Seek(1_000_000)
	text, _ := g.Append(nil, time.Now())
	fmt.Printf("%s", text)
	// Output:
	// 85
}

// Recorded records with a time, replayed ten times as fast.
func ExampleNewReplay() {
	const file = "at,page\n2026-11-22T10:00:00Z,/\n2026-11-22T10:00:05Z,/cart\n"
	replay := record.NewReplay(context.Background(), strings.NewReader(file), record.ReplayOptions{
		CSV:   true,
		Speed: 10,
		Time: func(r []byte) (time.Time, error) {
			return record.ParseTime(strings.Split(string(r), `"`)[3])
		},
	})
	for i := int64(0); ; i++ {
		due := replay.At(i)
		text, err := replay.Append(nil, time.Time{})
		if errors.Is(err, io.EOF) {
			return
		}
		fmt.Printf("%v %s", due, text)
	}
	// Output:
	// 0s {"at":"2026-11-22T10:00:00Z","page":"/"}
	// 500ms {"at":"2026-11-22T10:00:05Z","page":"/cart"}
}
