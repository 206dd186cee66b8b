package record_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/record"
)

// functions are the 140 functions of KDG that need no arguments. The other two functions are
// random.weightedArrayElement and date.between.
const functions = `
random.number random.arrayElement random.objectElement random.uuid random.boolean random.word random.words random.image random.locale
random.alphaNumeric
helpers.randomize helpers.slugify helpers.replaceSymbolWithNumber helpers.replaceSymbols helpers.shuffle helpers.mustache helpers.createCard
helpers.contextualCard helpers.userCard helpers.createTransaction
name.firstName name.lastName name.findName name.jobTitle name.prefix name.suffix name.title name.jobDescriptor name.jobArea name.jobType
address.zipCode address.city address.cityPrefix address.citySuffix address.streetName address.streetAddress address.streetSuffix
address.streetPrefix address.secondaryAddress address.county address.country address.countryCode address.state address.stateAbbr
address.latitude address.longitude address.nearbyGPSCoordinate
company.suffixes company.companyName company.companySuffix company.catchPhrase company.bs company.catchPhraseAdjective
company.catchPhraseDescriptor company.catchPhraseNoun company.bsAdjective company.bsBuzz company.bsNoun
finance.account finance.accountName finance.mask finance.amount finance.transactionType finance.currencyCode finance.currencyName
finance.currencySymbol finance.bitcoinAddress
image.image image.avatar image.imageUrl image.abstract image.animals image.business image.cats image.city image.food image.nightlife
image.fashion image.people image.nature image.sports image.technics image.transport
lorem.word lorem.words lorem.sentence lorem.sentences lorem.paragraph lorem.paragraphs lorem.text lorem.lines
hacker.abbreviation hacker.adjective hacker.noun hacker.verb hacker.ingverb hacker.phrase
internet.avatar internet.email internet.exampleEmail internet.userName internet.protocol internet.url internet.domainName
internet.domainSuffix internet.domainWord internet.ip internet.userAgent internet.color internet.mac internet.password internet.session
phone.phoneNumber phone.phoneNumberFormat phone.phoneFormats
date.now date.utc date.simTime date.past date.future date.recent date.month date.weekday
commerce.color commerce.department commerce.productName commerce.price commerce.productAdjective commerce.productMaterial commerce.product
system.fileName system.commonFileName system.mimeType system.commonFileType system.commonFileExt system.fileType system.fileExt
system.directoryPath system.filePath system.semver`

func TestEveryFunctionOfKDG(t *testing.T) {
	t.Parallel()
	names := strings.Fields(functions)
	if len(names) != 140 {
		t.Errorf("functions: want 140, got %d", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			canBeEmpty := strings.HasPrefix(name, "helpers.") // without arguments, some helpers print nothing
			for _, text := range render(t, "<{{"+name+"}}>", 300) {
				if inside := text[1 : len(text)-1]; inside == "" && !canBeEmpty || strings.Contains(inside, "{{") || strings.ContainsRune(inside, 0) {
					t.Fatalf("want text without braces or NUL, got %q", inside)
				}
			}
		})
	}
}

// TestObjectsAreJSON tests the functions for which KDG prints [object Object].
func TestObjectsAreJSON(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"createCard", "contextualCard", "userCard", "createTransaction"} {
		for _, text := range render(t, "{{helpers."+name+"}}", 100) {
			var object map[string]any
			if err := json.Unmarshal([]byte(text), &object); err != nil {
				t.Fatalf("%s: want JSON, got %s, error %v", name, text, err)
			}
		}
	}
}

func TestPastDates(t *testing.T) {
	t.Parallel()
	const javaScriptLayout = "Mon Jan 02 2006 15:04:05 GMT-0700"
	tests := map[string]struct{ least, most time.Duration }{ // after the time of the record
		`{{date.past}}`:      {-365 * 24 * time.Hour, -time.Second},
		`{{date.past(2)}}`:   {-730 * 24 * time.Hour, -time.Second},
		`{{date.past("2")}}`: {-730 * 24 * time.Hour, -time.Second},
		`{{date.future}}`:    {time.Second, 365 * 24 * time.Hour},
		`{{date.recent}}`:    {-24 * time.Hour, -time.Second},
		`{{date.recent(3)}}`: {-72 * time.Hour, -time.Second},
		`{{date.past({"years":1,"ref":"2026-11-22T18:57:13Z"})}}`:         {-365 * 24 * time.Hour, -time.Second},
		`{{date.between("2026-11-21T18:57:13Z","2026-11-22T18:57:13Z")}}`: {-24 * time.Hour, 0},
	}
	for template, want := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			for _, text := range render(t, template, 500) {
				date, zone, _ := strings.Cut(text, " (")
				got, err := time.Parse(javaScriptLayout, date)
				if err != nil || zone != "Pacific Standard Time)" {
					t.Fatalf("want a date of JavaScript in Pacific Standard Time, got %s, error %v", text, err)
				}
				if after := got.Sub(noon().Truncate(time.Second)); after < want.least-time.Second || after > want.most+time.Second {
					t.Errorf("%s: want %v to %v after the time of the record, got %v", text, want.least, want.most, after)
				}
			}
		})
	}
}

func TestFormattedPastDates(t *testing.T) {
	t.Parallel()
	for _, template := range []string{`{{date.past({"years":1,"format":"YYYY-MM-DD"})}}`, `{{date.past(1, null, "YYYY-MM-DD")}}`, `{{date.between("2020-01-01","2021-01-01","YYYY-MM-DD")}}`} {
		for _, text := range render(t, template, 100) {
			if _, err := time.Parse(time.DateOnly, text); err != nil {
				t.Errorf("%s: want a date, got %s, error %v", template, text, err)
			}
		}
	}
}

func TestZoneNames(t *testing.T) {
	t.Parallel()
	g := record.NewGenerator(parsed(t, "{{date.recent}}"), 1)
	for zone, want := range map[string]string{"America/Los_Angeles": "(Pacific Standard Time)", "Asia/Kathmandu": "(GMT+05:45)", "UTC": "(Coordinated Universal Time)"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		text, err := g.Append(nil, noon().In(location))
		if got := strings.TrimSpace(string(text)); err != nil || !strings.HasSuffix(got, want) {
			t.Errorf("%s: want %s at the end, got %s, error %v", zone, want, got, err)
		}
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{{finance.mask(5,true,true)}}`:                   `\(\.\.\.\d{5}\)`,
		`{{finance.account(3)}}`:                          `\d{3}`,
		`{{address.zipCode("?-##")}}`:                     `[A-Z]-\d\d`,
		`{{address.city(1)}}`:                             `[A-Z][a-z]+ [A-Z]\S*`,
		`{{address.streetAddress(true)}}`:                 `\d{3,5} .* (Apt\.|Suite) \d{3}`,
		`{{company.companyName(1)}}`:                      `\S+ - \S+`,
		`{{phone.phoneNumberFormat(3)}}`:                  `\d{3}\.\d{3}\.\d{4}`,
		`{{phone.phoneNumber("+1 ###")}}`:                 `\+1 \d{3}`,
		`{{internet.password(8,true)}}`:                   `([bcdfghjklmnpqrstvwxyz][aeiou]){4}`,
		`{{internet.password(6,false,"[0-9]","x-")}}`:     `x-\d{4}`,
		`{{internet.color(255,255,255)}}`:                 `#[7-9a-f].[7-9a-f].[7-9a-f].`,
		`{{internet.userName("Ada Mae","O'Hara")}}`:       `AdaMae(\d\d?|[._]OHara(\d\d?)?)`,
		`{{internet.email("Ada","Low","x.org")}}`:         `Ada(\d\d?|[._]Low(\d\d?)?)@x\.org`,
		`{{image.cats(10,20,true)}}`:                      `http://lorempixel\.com/10/20/cats\?\d{1,5}`,
		`{{image.imageUrl}}`:                              `http://lorempixel\.com/640/480`,
		`{{lorem.sentence(4)}}`:                           `[A-Z][a-z]* [a-z]+ [a-z]+ [a-z]+\.`,
		`{{lorem.words(2)}}`:                              `[a-z]+ [a-z]+`,
		`{{date.month({"abbr":true})}}`:                   `[A-Z][a-z]{2}`,
		`{{random.objectElement({"a":1,"b":2},"key")}}`:   `[ab]`,
		`{{random.arrayElement(abc)}}`:                    `[abc]`,
		`{{helpers.slugify(a b!c)}}`:                      `a-bc`,
		`{{helpers.shuffle(["a","b"])}}`:                  `a,b|b,a`,
		`{{helpers.replaceSymbols("##?")}}`:               `\d\d[A-Z]`,
		`{{helpers.replaceSymbolWithNumber("#!")}}`:       `\d!`,
		`{{ helpers.mustache("a {{b}}", {"b":1}) }}`:      `a 1`,
		`{{address.nearbyGPSCoordinate([10,20],1,true)}}`: `(9\.9|10\.0)\d{3},(19\.9|20\.0)\d{3}`,
		`{{finance.bitcoinAddress}}`:                      `[13][0-9A-Z]{26,33}`,
		`{{name.findName}}`:                               `((Mr\.|Mrs\.|Ms\.|Miss|Dr\.) )?\S+ \S+( \S+)?`,
		`{{system.fileName}}`:                             `[^A-Z ]+\.[a-z0-9]+`,
	}
	for template, form := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			whole := regexp.MustCompile("^(" + form + ")$")
			for _, text := range render(t, template, 300) {
				if !whole.MatchString(text) {
					t.Fatalf("want a match of %s, got %q", form, text)
				}
			}
		})
	}
}
