package record

import (
	"slices"
	"strings"

	"github.com/brianvoe/gofakeit/v7"
)

// poolSize is the number of random values in a pool.
const poolSize = 4096

// pool returns an op that prints a random value of the function name of words. It draws many
// values from gofakeit in advance, so that rendering a record only has to select one. The
// values are the same in every template.
func (c *compiler) pool(name string) op {
	if o, ok := c.pools[name]; ok {
		return o
	}
	draw := c.words[name]
	faker := gofakeit.New(1)
	texts := make([]string, 0, poolSize)
	for len(texts) < poolSize {
		if text := draw(faker); isPlain(text) {
			texts = append(texts, text)
		}
	}
	// If many values are equal, gofakeit has a short list of values. Then the pool has each
	// value once, so that all are equally likely.
	if distinct := slices.Compact(slices.Sorted(slices.Values(texts))); name != "random.word" && len(distinct) < poolSize/2 {
		texts = distinct
	}
	c.pools[name] = newChoice(texts)
	return c.pools[name]
}

// isPlain reports whether text is printable ASCII that needs no escape in JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// words returns the functions of gofakeit from which the values of template functions come, by
// the names of the template functions. Names without a dot are not template functions.
func words() map[string]func(*gofakeit.Faker) string {
	capital := func(draw func(*gofakeit.Faker) string) func(*gofakeit.Faker) string {
		return func(f *gofakeit.Faker) string { return capitalized(draw(f)) }
	}
	lower := func(draw func(*gofakeit.Faker) string) func(*gofakeit.Faker) string {
		return func(f *gofakeit.Faker) string { return strings.ToLower(slug(draw(f))) }
	}
	draws := map[string]func(*gofakeit.Faker) string{
		"name.firstName":     (*gofakeit.Faker).FirstName,
		"name.lastName":      (*gofakeit.Faker).LastName,
		"name.prefix":        (*gofakeit.Faker).NamePrefix,
		"name.suffix":        (*gofakeit.Faker).NameSuffix,
		"name.jobDescriptor": (*gofakeit.Faker).JobDescriptor,
		"name.jobArea":       (*gofakeit.Faker).JobLevel,
		"name.jobType":       (*gofakeit.Faker).JobTitle,

		"address.cityPrefix":  (*gofakeit.Faker).StreetPrefix, // similar words
		"address.citySuffix":  (*gofakeit.Faker).StreetSuffix, // of names of towns
		"address.country":     (*gofakeit.Faker).Country,
		"address.countryCode": (*gofakeit.Faker).CountryAbr,
		"address.state":       (*gofakeit.Faker).State,
		"address.stateAbbr":   (*gofakeit.Faker).StateAbr,

		"company.companySuffix":         (*gofakeit.Faker).CompanySuffix,
		"company.catchPhraseAdjective":  capital((*gofakeit.Faker).AdjectiveDescriptive),
		"company.catchPhraseDescriptor": (*gofakeit.Faker).ProductFeature,
		"company.catchPhraseNoun":       (*gofakeit.Faker).NounAbstract,
		"company.bsAdjective":           (*gofakeit.Faker).BuzzWord,
		"company.bsBuzz":                (*gofakeit.Faker).HackerVerb,
		"company.bsNoun":                (*gofakeit.Faker).BS,

		"commerce.color":            (*gofakeit.Faker).Color,
		"commerce.department":       capital((*gofakeit.Faker).ProductCategory),
		"commerce.productAdjective": capital((*gofakeit.Faker).AdjectiveDescriptive),
		"commerce.productMaterial":  capital((*gofakeit.Faker).ProductMaterial),
		"commerce.product":          capital((*gofakeit.Faker).NounConcrete),

		"finance.accountName":  accountName,
		"finance.currencyCode": (*gofakeit.Faker).CurrencyShort,
		"finance.currencyName": (*gofakeit.Faker).CurrencyLong,

		"hacker.abbreviation": (*gofakeit.Faker).HackerAbbreviation,
		"hacker.adjective":    (*gofakeit.Faker).HackerAdjective,
		"hacker.noun":         (*gofakeit.Faker).HackerNoun,
		"hacker.verb":         (*gofakeit.Faker).HackerVerb,
		"hacker.ingverb":      (*gofakeit.Faker).HackeringVerb,
		"hacker.phrase":       (*gofakeit.Faker).HackerPhrase,

		"first letters":         lettersOf((*gofakeit.Faker).FirstName),
		"last letters":          lettersOf((*gofakeit.Faker).LastName),
		"internet.domainWord":   lower((*gofakeit.Faker).FirstName),
		"internet.domainSuffix": (*gofakeit.Faker).DomainSuffix,
		"internet.userAgent":    (*gofakeit.Faker).UserAgent,

		"lorem.word": (*gofakeit.Faker).LoremIpsumWord,

		"system.mimeType": (*gofakeit.Faker).FileMimeType,
		"system.fileExt":  (*gofakeit.Faker).FileExtension,
	}
	draws["random.word"] = word(draws)
	underscores := strings.NewReplacer(" ", "_", ",", "_", "-", "_")
	draws["file name"] = func(f *gofakeit.Faker) string {
		return underscores.Replace(strings.ToLower(draws["random.word"](f)))
	}
	return draws
}

// wordKinds are the 27 functions from which random.word selects one. All are equally likely,
// as in faker.
var wordKinds = strings.Fields(`
	commerce.department commerce.productName commerce.productAdjective commerce.productMaterial commerce.product commerce.color
	company.catchPhraseAdjective company.catchPhraseDescriptor company.catchPhraseNoun company.bsAdjective company.bsBuzz company.bsNoun
	address.streetSuffix address.county address.country address.state
	finance.accountName finance.transactionType finance.currencyName
	hacker.noun hacker.verb hacker.adjective hacker.ingverb hacker.abbreviation
	name.jobDescriptor name.jobArea name.jobType`)

// word returns a function that returns a random value of a random function in wordKinds.
func word(draws map[string]func(*gofakeit.Faker) string) func(*gofakeit.Faker) string {
	lists := lists()
	return func(f *gofakeit.Faker) string {
		kind := wordKinds[f.IntN(len(wordKinds))]
		if list, ok := lists[kind]; ok {
			return list[f.IntN(len(list))]
		}
		if kind == "commerce.productName" {
			return draws["commerce.productAdjective"](f) + " " + draws["commerce.productMaterial"](f) + " " + draws["commerce.product"](f)
		}
		return draws[kind](f)
	}
}

// accountName returns the name of a kind of bank account.
func accountName(f *gofakeit.Faker) string {
	return strings.TrimSuffix(f.BankType(), "Bank") + "Account"
}

// capitalized returns text with an upper-case first letter.
func capitalized(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// lettersOf returns a function that returns the values of draw without quotes, blanks, dots
// and hyphens.
func lettersOf(draw func(*gofakeit.Faker) string) func(*gofakeit.Faker) string {
	replacer := strings.NewReplacer("'", "", " ", "", ".", "", "-", "")
	return func(f *gofakeit.Faker) string { return replacer.Replace(draw(f)) }
}

// slug returns text with hyphens instead of blanks, and without characters other than ASCII
// letters, digits, underscores, dots and hyphens.
func slug(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case strings.ContainsRune(largeAlphanumeric+smallAlphanumeric+"_.-", r):
			return r
		}
		return -1
	}, text)
}
