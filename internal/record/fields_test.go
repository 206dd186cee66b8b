package record

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// randomTemplate returns a template with one to six random fields. About one field of 60 is
// invalid.
func randomTemplate(rng *rand.Rand) string {
	kinds := fields(rng)
	var list []string
	for i := range 1 + rng.IntN(6) {
		blank := strings.Repeat(" ", rng.IntN(3)) + strings.Repeat("\n", rng.IntN(2))
		field := kinds[rng.IntN(len(kinds))]()
		if rng.IntN(60) == 0 {
			field = invalidFields[rng.IntN(len(invalidFields))]
		}
		list = append(list, fmt.Sprintf(`%s"f%d": "%s"`, blank, i, field))
	}
	return "{" + strings.Join(list, separator) + "\n}"
}

// invalidFields are fields that KDG can't render, or renders as NaN, undefined or
// [object Object].
var invalidFields = []string{
	"{{random.nubmer(1)}}", "{{random.number(abc)}}", "{{random}}", "{{random.arrayElement([])}}", `{{random.arrayElement([{"a":1}])}}`,
	"{{date.past(x)}}", `{{random.number({"min":"a"})}}`,
}

// fields returns a function for each kind of field. It returns a field with arguments that
// rng selects.
func fields(rng *rand.Rand) []func() string {
	number := func() string { return strconv.Itoa(rng.IntN(3000) - 500) }
	return []func() string{
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
}

// pick returns a random element of list.
func pick(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }
