package record

import (
	"fmt"
	"slices"
)

// imageCategories are the categories of images. Each has a function, such as image.cats.
var imageCategories = []string{
	"abstract", "animals", "business", "cats", "city", "food", "nightlife", "fashion", "people", "nature", "sports", "technics", "transport",
}

// compileImageOf compiles the function of one category. Its arguments are the width, the
// height, and whether to add a random number to the URL.
func compileImageOf(category string) compileFunc {
	return func(c *compiler, args arguments) (op, error) {
		return compileImageURL(c, arguments{args.at(0), args.at(1), category, args.at(2)})
	}
}

// compileImage compiles image.image, which prints the URL of an image of a random category.
func compileImage(c *compiler, args arguments) (op, error) {
	var alternatives oneOf
	for _, category := range imageCategories {
		o, err := compileImageOf(category)(c, args)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, o)
	}
	return alternatives, nil
}

// compileImageURL compiles image.imageUrl. Its arguments are the width (default: 640), the
// height (default: 480), the category (default: none), and whether to add a random number
// to the URL.
func compileImageURL(_ *compiler, args arguments) (op, error) {
	sizes := []any{640.0, 480.0}
	for i := range sizes {
		if size := args.at(i); size != nil && size != 0.0 && size != false {
			sizes[i] = size
		}
	}
	width, err := toString(sizes[0])
	if err != nil {
		return nil, args.invalid(0, "a width")
	}
	height, err := toString(sizes[1])
	if err != nil {
		return nil, args.invalid(1, "a height")
	}
	url := fmt.Sprintf("http://lorempixel.com/%s/%s", width, height)
	if category, ok := args.at(2).(string); ok {
		url += "/" + category
	}
	if random := args.at(3); random == nil || slices.Contains([]any{false, 0.0}, random) {
		return literal(url), nil
	}
	return sequence{literal(url + "?"), newNumber(0, 99999, 1).fast("")}, nil
}
