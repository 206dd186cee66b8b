package record

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestDigits(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	numbers := []uint64{0, 1, 9, 10, 99, 100, 9999, 10000, 99999999, 100000000, 1<<64 - 1}
	for range 10000 {
		numbers = append(numbers, rng.Uint64()>>rng.UintN(64))
	}
	buf := make([]byte, 100)
	for _, n := range numbers {
		if got, want := string(buf[:putUint(buf, 0, n)]), strconv.FormatUint(n, 10); got != want {
			t.Fatalf("decimal: want %s, got %s", want, got)
		}
		if got, want := string(buf[:putHex(buf, 0, uint32(n), 8)]), fmt.Sprintf("%08x", uint32(n)); got != want {
			t.Fatalf("hexadecimal: want %s, got %s", want, got)
		}
	}
}

// TestRoom tests that no function prints more bytes than its op's room.
func TestRoom(t *testing.T) {
	t.Parallel()
	c := newCompiler()
	for _, name := range c.names() {
		text := "{{" + name + "}}"
		switch name {
		case "random.weightedArrayElement":
			text = `{{random.weightedArrayElement({"weights":[1],"data":["a"]})}}`
		case "date.between":
			text = `{{date.between("2020-01-01","2021-01-01")}}`
		}
		template, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		g := NewGenerator(template, 1)
		for range 200 {
			got, err := g.Append(nil, g.at)
			if err != nil || len(got) > template.room-slack {
				t.Fatalf("%s: want at most %d bytes, got %d, error %v", name, template.room-slack, len(got), err)
			}
		}
	}
}
