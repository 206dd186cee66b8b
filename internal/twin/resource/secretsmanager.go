package resource

import (
	"context"
	"encoding/json"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
)

func secretTypes(s Services) map[string]*provider {
	put := func(_ context.Context, r cloudformation.Request) error {
		p := propertiesOf(r)
		if p.has("GenerateSecretString") {
			return s.Secrets.Generate(r.PhysicalID, newGenerator(p.object("GenerateSecretString")))
		}
		s.Secrets.Put(r.PhysicalID, p.text("SecretString"))
		return nil
	}
	return map[string]*provider{
		"AWS::SecretsManager::Secret": {
			name: func(r cloudformation.Request) string {
				name := propertyName("Name", 64, false)(r)
				return accountOf(r).ARN("secretsmanager", "secret:"+name+"-"+digest(6, r.StackID, name))
			},
			check:  checkSecret,
			create: put, update: put,
			remove: func(_ context.Context, r cloudformation.Request) error {
				s.Secrets.Delete(r.PhysicalID)
				return nil
			},
			attributes: idAttribute("Id"),
		},
	}
}

func checkSecret(_ cloudformation.Request, p properties) {
	p.unsupported("ReplicaRegions")
	if p.has("SecretString") && p.has("GenerateSecretString") {
		p.addProblem("SecretString", "You can't specify both GenerateSecretString and SecretString")
	}
	generate := p.object("GenerateSecretString")
	generate.checkRange("PasswordLength", 32, 1, 4096)
	if generate.text("GenerateStringKey") != "" && !json.Valid([]byte(generate.text("SecretStringTemplate"))) {
		generate.addProblem("SecretStringTemplate", "needs a JSON object")
	}
}

// newGenerator returns the generator that the property GenerateSecretString describes.
func newGenerator(p properties) secretsmanager.Generator {
	return secretsmanager.Generator{
		Length: p.integer("PasswordLength", 32), ExcludeCharacters: p.text("ExcludeCharacters"),
		ExcludeLowercase: p.boolean("ExcludeLowercase", false), ExcludeUppercase: p.boolean("ExcludeUppercase", false),
		ExcludeNumbers: p.boolean("ExcludeNumbers", false), ExcludePunctuation: p.boolean("ExcludePunctuation", false),
		Key: p.text("GenerateStringKey"), Template: p.text("SecretStringTemplate"),
	}
}
