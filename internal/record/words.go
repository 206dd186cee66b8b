package record

import (
	"fmt"
	"math"
	"strings"

	"github.com/brianvoe/gofakeit/v7"
)

// poolSize is how many values a pool holds.
const poolSize = 4096

// pool draws values that can stand in a JSON string as they are: now, once, so
// that a record only picks one. They are the same for every template.
func pool(draw func(*gofakeit.Faker) string) []string {
	faker := gofakeit.New(1)
	texts := make([]string, 0, poolSize)
	for len(texts) < poolSize {
		if text := draw(faker); isPlain(text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// isPlain tells whether text is printable ASCII and needs no escape in JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// wordRow is 1 to 3 words, or as many as were asked for.
type wordRow struct {
	words       choice
	least, most int
}

func (r wordRow) append(dst []byte, g *Generator) []byte {
	n := r.least + int(g.random()*float64(r.most-r.least+1))
	for i := range n {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = r.words.append(dst, g)
	}
	return dst
}

// compileWords compiles random.words, whose argument is how many.
func compileWords(arg any) (op, error) {
	if arg == nil {
		return wordRow{pool(word), 1, 3}, nil
	}
	n, ok := arg.(float64)
	if !ok || n < 1 || n > 1000 || n != math.Trunc(n) {
		return nil, fmt.Errorf("the argument is how many words, 1 to 1000, got %s", show(arg))
	}
	return wordRow{pool(word), int(n), int(n)}, nil
}

// wordFunctions holds the functions whose values come from gofakeit, and where
// from. It isn't changed.
var wordFunctions = map[string]func(*gofakeit.Faker) string{
	"random.word":              word,
	"name.firstName":           (*gofakeit.Faker).FirstName,
	"name.lastName":            (*gofakeit.Faker).LastName,
	"name.findName":            (*gofakeit.Faker).Name,
	"name.prefix":              (*gofakeit.Faker).NamePrefix,
	"name.suffix":              (*gofakeit.Faker).NameSuffix,
	"name.title":               jobTitle,
	"name.jobTitle":            jobTitle,
	"name.jobDescriptor":       (*gofakeit.Faker).JobDescriptor,
	"name.jobArea":             (*gofakeit.Faker).JobLevel,
	"name.jobType":             (*gofakeit.Faker).JobTitle,
	"address.zipCode":          (*gofakeit.Faker).Zip,
	"address.city":             (*gofakeit.Faker).City,
	"address.streetName":       (*gofakeit.Faker).StreetName,
	"address.streetAddress":    (*gofakeit.Faker).Street,
	"address.streetSuffix":     (*gofakeit.Faker).StreetSuffix,
	"address.secondaryAddress": (*gofakeit.Faker).Unit,
	"address.country":          (*gofakeit.Faker).Country,
	"address.countryCode":      (*gofakeit.Faker).CountryAbr,
	"address.state":            (*gofakeit.Faker).State,
	"address.stateAbbr":        (*gofakeit.Faker).StateAbr,
	"company.companyName":      (*gofakeit.Faker).Company,
	"company.companySuffix":    (*gofakeit.Faker).CompanySuffix,
	"company.catchPhrase":      (*gofakeit.Faker).Slogan,
	"company.bs":               (*gofakeit.Faker).BS,
	"finance.accountName":      (*gofakeit.Faker).BankType,
	"finance.currencyCode":     (*gofakeit.Faker).CurrencyShort,
	"finance.currencyName":     (*gofakeit.Faker).CurrencyLong,
	"finance.bitcoinAddress":   (*gofakeit.Faker).BitcoinAddress,
	"lorem.word":               (*gofakeit.Faker).LoremIpsumWord,
	"lorem.words":              loremWords,
	"lorem.sentence":           loremSentence,
	"lorem.paragraph":          loremParagraph,
	"hacker.abbreviation":      (*gofakeit.Faker).HackerAbbreviation,
	"hacker.adjective":         (*gofakeit.Faker).HackerAdjective,
	"hacker.noun":              (*gofakeit.Faker).HackerNoun,
	"hacker.verb":              (*gofakeit.Faker).HackerVerb,
	"hacker.ingverb":           (*gofakeit.Faker).HackeringVerb,
	"hacker.phrase":            (*gofakeit.Faker).HackerPhrase,
	"internet.email":           (*gofakeit.Faker).Email,
	"internet.userName":        (*gofakeit.Faker).Username,
	"internet.url":             (*gofakeit.Faker).URL,
	"internet.domainName":      (*gofakeit.Faker).DomainName,
	"internet.domainSuffix":    (*gofakeit.Faker).DomainSuffix,
	"internet.userAgent":       (*gofakeit.Faker).UserAgent,
	"internet.color":           (*gofakeit.Faker).HexColor,
	"internet.password":        password,
	"phone.phoneNumber":        (*gofakeit.Faker).PhoneFormatted,
	"commerce.color":           (*gofakeit.Faker).Color,
	"commerce.department":      (*gofakeit.Faker).ProductCategory,
	"commerce.productName":     (*gofakeit.Faker).ProductName,
	"commerce.productMaterial": (*gofakeit.Faker).ProductMaterial,
	"system.fileExt":           (*gofakeit.Faker).FileExtension,
	"system.mimeType":          (*gofakeit.Faker).FileMimeType,
	"system.semver":            (*gofakeit.Faker).AppVersion,
}

// wordKinds are what random.word takes a word of, one kind as likely as another:
// those of faker's 27 kinds that gofakeit has.
var wordKinds = []func(*gofakeit.Faker) string{
	(*gofakeit.Faker).ProductCategory,
	(*gofakeit.Faker).ProductName,
	(*gofakeit.Faker).ProductMaterial,
	(*gofakeit.Faker).Color,
	(*gofakeit.Faker).BuzzWord,
	(*gofakeit.Faker).BS,
	(*gofakeit.Faker).StreetSuffix,
	(*gofakeit.Faker).Country,
	(*gofakeit.Faker).State,
	(*gofakeit.Faker).CurrencyLong,
	(*gofakeit.Faker).HackerAbbreviation,
	(*gofakeit.Faker).HackerAdjective,
	(*gofakeit.Faker).HackerNoun,
	(*gofakeit.Faker).HackerVerb,
	(*gofakeit.Faker).HackeringVerb,
	(*gofakeit.Faker).JobDescriptor,
	(*gofakeit.Faker).JobLevel,
	(*gofakeit.Faker).JobTitle,
}

func word(f *gofakeit.Faker) string { return wordKinds[f.IntN(len(wordKinds))](f) }

func password(f *gofakeit.Faker) string { return f.Password(true, true, true, false, false, 15) }

func jobTitle(f *gofakeit.Faker) string {
	return f.JobDescriptor() + " " + f.JobLevel() + " " + f.JobTitle()
}

func loremWords(f *gofakeit.Faker) string {
	return strings.Join([]string{f.LoremIpsumWord(), f.LoremIpsumWord(), f.LoremIpsumWord()}, " ")
}

func loremSentence(f *gofakeit.Faker) string { return f.LoremIpsumSentence(f.IntRange(3, 10)) }

func loremParagraph(f *gofakeit.Faker) string {
	return f.LoremIpsumParagraph(1, f.IntRange(3, 6), 8, " ")
}
