package record

import (
	"fmt"
	"slices"
)

// imageCategories are what the images of image's functions may be of.
var imageCategories = []string{
	"abstract", "animals", "business", "cats", "city", "food", "nightlife", "fashion", "people", "nature", "sports", "technics", "transport",
}

// compileImageOf compiles the function of an image's category: its arguments are
// the width, the height and whether to add a random number.
func compileImageOf(category string) compileFunc {
	return func(c *compiler, args arguments) (op, error) {
		return compileImageURL(c, arguments{args.at(0), args.at(1), category, args.at(2)})
	}
}

// compileImage compiles image.image: of any category.
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

// compileImageURL compiles image.imageUrl: width, height, category, and whether to
// add a random number.
func compileImageURL(_ *compiler, args arguments) (op, error) {
	sizes := []any{640.0, 480.0}
	for i := range sizes {
		if size := args.at(i); size != nil && size != 0.0 && size != false {
			sizes[i] = size
		}
	}
	width, err := toString(sizes[0])
	if err != nil {
		return nil, args.refuse(0, "a width")
	}
	height, err := toString(sizes[1])
	if err != nil {
		return nil, args.refuse(1, "a height")
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
