package record

import "strings"

// lists returns the values of the functions that print one of a list, by name. gofakeit
// doesn't have these lists.
func lists() map[string][]string {
	return map[string][]string{
		"address.county": strings.Fields("Cheshire Cornwall Cumbria Devon Dorset Essex Kent Norfolk Somerset Suffolk Surrey Sussex"),
		"address.streetSuffix": strings.Fields(`Alley Avenue Bend Boulevard Bridge Circle Corner Court Crescent Drive Estate Field Gardens Gate
			Grove Highway Hill Lane Loop Meadow Mews Park Parkway Passage Path Place Plaza Road Row Square Station Street Terrace Trail Turnpike
			Valley View Village Walk Way`),
		"address.streetPrefix":    {"a", "b", "c"}, // faker has no English street prefixes, and prints a, b or c
		"finance.transactionType": {"deposit", "withdrawal", "payment", "invoice"},
		"finance.currencySymbol":  strings.Fields("$ € £ ¥ ₩ ₹ ₽ ₺ ₫ ₴ ₦ ₱ ₪ ฿ kr zł Kč Ft lei R$"),
		"internet.protocol":       {"http", "https"},
		"random.locale": strings.Fields(`de de_AT de_CH en en_AU en_BORK en_CA en_GB en_IE en_IND en_US en_au_ocker es es_MX fa fr fr_CA ge
			id_ID it ja ko nb_NO nep nl pl pt_BR ru sk sv tr uk vi zh_CN zh_TW`),
		"system.commonFileType": {"video", "audio", "image", "text", "application"},
		"system.commonFileExt":  {"pdf", "mp3", "wav", "png", "jpg", "gif", "mp4", "mpeg", "html"},
		"system.fileType": {
			"application", "audio", "chemical", "font", "image", "message", "model", "multipart", "text", "video", "x-conference", "x-shader",
		},
		"system.directoryPath": {"/etc", "/home", "/opt", "/srv", "/tmp", "/usr/bin", "/usr/lib", "/usr/local/share", "/var/lib", "/var/log"},
	}
}

// forms returns the forms of the functions that are composed of other functions, by name.
// All forms of a function are equally likely. Each # is a random digit. Functions for which
// KDG prints [object Object] have the object as JSON.
func forms() map[string][]string {
	const (
		company = `{"name":"{{company.companyName}}","catchPhrase":"{{company.catchPhrase}}","bs":"{{company.bs}}"}`
		geo     = `{"lat":"{{address.latitude}}","lng":"{{address.longitude}}"}`
		address = `{"street":"{{address.streetName}}","suite":"{{address.secondaryAddress}}","city":"{{address.city}}","zipcode":"{{address.zipCode}}","geo":` + geo + `}`
		contact = `"address":` + address + `,"phone":"{{phone.phoneNumber}}","website":"{{internet.domainName}}","company":` + company
		user    = `"username":"{{internet.userName}}","email":"{{internet.email}}",`
		post    = `{"words":"{{lorem.words}}","sentence":"{{lorem.sentence}}","sentences":"{{lorem.sentences}}","paragraph":"{{lorem.paragraph}}"}`
		payment = `{"amount":"{{finance.amount}}","date":"{{date.past}}","business":"{{company.companyName}}","name":"{{finance.accountName}} {{finance.mask}}","type":"{{finance.transactionType}}","account":"{{finance.account}}"}`
	)
	name := []string{"{{name.firstName}} {{name.lastName}}"}
	return map[string][]string{
		// One of nine names has a prefix, and one has a suffix.
		"name.findName": append(append([]string{"{{name.prefix}} " + name[0], name[0] + " {{name.suffix}}"},
			name[0], name[0], name[0], name[0]), name[0], name[0], name[0]),
		"name.jobTitle":             {"{{name.jobDescriptor}} {{name.jobArea}} {{name.jobType}}"},
		"name.title":                {"{{name.jobDescriptor}} {{name.jobArea}} {{name.jobType}}"},
		"address.streetName":        {"{{name.lastName}} {{address.streetSuffix}}", "{{name.firstName}} {{address.streetSuffix}}"},
		"address.secondaryAddress":  {"Apt. ###", "Suite ###"},
		"company.catchPhrase":       {"{{company.catchPhraseAdjective}} {{company.catchPhraseDescriptor}} {{company.catchPhraseNoun}}"},
		"company.bs":                {"{{company.bsAdjective}} {{company.bsBuzz}} {{company.bsNoun}}"},
		"commerce.productName":      {"{{commerce.productAdjective}} {{commerce.productMaterial}} {{commerce.product}}"},
		"internet.domainName":       {"{{internet.domainWord}}.{{internet.domainSuffix}}"},
		"internet.url":              {"{{internet.protocol}}://{{internet.domainWord}}.{{internet.domainSuffix}}"},
		"internet.avatar":           {"https://s3.amazonaws.com/uifaces/faces/twitter/{{internet.domainWord}}/128.jpg"},
		"image.avatar":              {"{{internet.avatar}}"},
		"system.semver":             {"#.#.#"},
		"system.fileName":           {"{{system.commonFileName}}"},
		"system.filePath":           {"{{system.directoryPath}}/{{system.commonFileName}}"},
		"helpers.userCard":          {`{"name":"{{name.findName}}",` + user + contact + `}`},
		"helpers.contextualCard":    {`{"name":"{{name.firstName}}",` + user + `"avatar":"{{internet.avatar}}","dob":"{{date.past}}",` + contact + `}`},
		"helpers.createTransaction": {payment},
		"helpers.createCard": {`{"name":"{{name.findName}}",` + user + contact +
			`,"posts":[` + post + `,` + post + `,` + post + `],"accountHistory":[` + payment + `,` + payment + `,` + payment + `]}`},
	}
}

// cityForms and companyForms are the forms of address.city and company.companyName, of which
// an argument can select one.
var (
	cityForms = []string{
		"{{address.cityPrefix}} {{name.firstName}}{{address.citySuffix}}", "{{address.cityPrefix}} {{name.firstName}}",
		"{{name.firstName}}{{address.citySuffix}}", "{{name.lastName}}{{address.citySuffix}}",
	}
	companyForms = []string{
		"{{name.lastName}} {{company.companySuffix}}", "{{name.lastName}} - {{name.lastName}}",
		"{{name.lastName}}, {{name.lastName}} and {{name.lastName}}",
	}
)
