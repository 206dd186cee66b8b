package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brianvoe/gofakeit/v7"
)

// compileFunc compiles a call of one function. It returns the op that prints the value. The
// compiler has the other functions, and the data that they share.
type compileFunc func(c *compiler, args arguments) (op, error)

// function is a function of templates.
type function struct {
	most    int // the highest number of arguments
	compile compileFunc
}

// compiler has all functions of templates, and the data that they share in one template.
type compiler struct {
	functions map[string]function                     // by name
	words     map[string]func(*gofakeit.Faker) string // see words
	pools     map[string]op                           // the ops that pool has returned, by name
	dates     int                                     // the number of date ops in the template
}

// newCompiler returns a compiler for one template.
func newCompiler() *compiler {
	c := &compiler{functions: map[string]function{}, words: words(), pools: map[string]op{}}
	for name := range c.words {
		if strings.Contains(name, ".") {
			c.functions[name] = function{1, func(c *compiler, _ arguments) (op, error) { return c.pool(name), nil }}
		}
	}
	for name, texts := range lists() {
		c.functions[name] = function{1, func(*compiler, arguments) (op, error) { return newChoice(texts), nil }}
	}
	for name, forms := range forms() {
		c.functions[name] = function{0, func(c *compiler, _ arguments) (op, error) { return c.forms(forms...) }}
	}
	maps.Copy(c.functions, exactFunctions())
	return c
}

// exactFunctions returns the functions that print values in the same form, range and
// distribution as KDG.
func exactFunctions() map[string]function {
	functions := map[string]function{
		"random.number":               {1, compileNumber},
		"random.uuid":                 {0, always(uuid{})},
		"random.boolean":              {0, always(newChoice([]string{"false", "true"}))},
		"random.arrayElement":         {1, compileArrayElement},
		"random.objectElement":        {2, compileObjectElement},
		"random.weightedArrayElement": {1, compileWeighted},
		"random.alphaNumeric":         {0, always(alphabet{smallAlphanumeric, 1})},
		"random.words":                {1, compileWords},
		"random.image":                {0, compileImage},

		"commerce.price":         {4, compilePrice},
		"finance.amount":         {4, compileAmount},
		"finance.account":        {1, compileDigits},
		"finance.mask":           {3, compileMask},
		"finance.bitcoinAddress": {0, compileBitcoin},

		"date.now":     {1, compileNow},
		"date.simTime": {1, compileNow},
		"date.utc":     {1, compileUTC},
		"date.past":    {3, compilePast},
		"date.future":  {3, compileFuture},
		"date.recent":  {3, compileRecent},
		"date.between": {3, compileBetween},
		"date.month":   {1, compileNames(monthNames)},
		"date.weekday": {1, compileNames(weekdayNames)},

		"internet.ip":           {0, always(ip{})},
		"internet.mac":          {0, always(mac{})},
		"internet.session":      {0, always(uuid{})},
		"internet.color":        {3, compileColor},
		"internet.password":     {4, compilePassword},
		"internet.userName":     {2, compileUserName},
		"internet.email":        {3, compileEmail("gmail.com", "yahoo.com", "hotmail.com")},
		"internet.exampleEmail": {2, compileEmail("example.org", "example.com", "example.net")},

		"address.latitude":            {0, always(coordinate(90))},
		"address.longitude":           {0, always(coordinate(180))},
		"address.nearbyGPSCoordinate": {3, compileNearby},
		"address.zipCode":             {1, compilePattern(true, "#####", "#####-####")},
		"address.city":                {1, compileNumbered(cityForms)},
		"address.streetAddress":       {1, compileStreetAddress},
		"company.companyName":         {1, compileNumbered(companyForms)},
		"company.suffixes":            {0, compileSuffixes},
		"phone.phoneNumber":           {1, compilePattern(false, phoneFormats...)},
		"phone.phoneNumberFormat":     {1, compilePhoneFormat},
		"phone.phoneFormats":          {0, always(newChoice(phoneFormats))},
		"system.commonFileName":       {2, compileFileName},

		"lorem.words":      {1, compileLorem((*compiler).lorem, 3, 3)},
		"lorem.sentence":   {1, compileLorem((*compiler).sentence, 3, 10)},
		"lorem.sentences":  {2, compileLorem((*compiler).sentences, 2, 6)},
		"lorem.paragraph":  {1, compileLorem((*compiler).paragraph, 3, 3)},
		"lorem.paragraphs": {2, compileLorem((*compiler).paragraphs, 3, 3)},
		"lorem.lines":      {1, compileLorem((*compiler).lines, 1, 5)},
		"lorem.text":       {1, compileText},

		"helpers.randomize":               {1, compileArrayElement},
		"helpers.slugify":                 {1, compileSlug},
		"helpers.replaceSymbolWithNumber": {2, compilePattern(false, "")},
		"helpers.replaceSymbols":          {1, compilePattern(true, "")},
		"helpers.shuffle":                 {1, compileShuffle},
		"helpers.mustache":                {2, compileMustache},

		"image.image":    {3, compileImage},
		"image.imageUrl": {4, compileImageURL},
	}
	for _, category := range imageCategories {
		functions["image."+category] = function{3, compileImageOf(category)}
	}
	return functions
}

// always compiles a function without arguments. Its op is o.
func always(o op) compileFunc {
	return func(*compiler, arguments) (op, error) { return o, nil }
}

// compile compiles a call of the function with this name.
func (c *compiler) compile(name string, args arguments) (op, error) {
	f, ok := c.functions[name]
	if !ok {
		return nil, fmt.Errorf("unknown function %q%s", name, suggestion(name, c.names()))
	}
	if len(args) > f.most {
		switch f.most {
		case 0:
			return nil, fmt.Errorf("%s: accepts no arguments, got %s", name, show(args[0]))
		case 1:
			return nil, fmt.Errorf("%s: accepts one argument; write several values as one object or array", name)
		}
		return nil, fmt.Errorf("%s: accepts at most %d arguments, got %d", name, f.most, len(args))
	}
	o, err := f.compile(c, args)
	if err != nil {
		return nil, prefixed(name, err)
	}
	return o, nil
}

// names returns the names of all functions in alphabetical order.
func (c *compiler) names() []string { return slices.Sorted(maps.Keys(c.functions)) }
