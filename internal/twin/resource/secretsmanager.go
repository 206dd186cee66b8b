package resource

import (
	"context"
	"encoding/json"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/secretsmanager"
)

func secretTypes(s Services) map[string]*maker {
	put := func(_ context.Context, r cloudformation.Request) error {
		p := propertiesOf(r)
		if p.has("GenerateSecretString") {
			return s.Secrets.Generate(r.PhysicalID, generatorOf(p.object("GenerateSecretString")))
		}
		s.Secrets.Put(r.PhysicalID, p.text("SecretString"))
		return nil
	}
	return map[string]*maker{
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
		p.refuse("SecretString", "You can't specify both GenerateSecretString and SecretString")
	}
	generate := p.object("GenerateSecretString")
	generate.between("PasswordLength", 32, 1, 4096)
	if generate.text("GenerateStringKey") != "" && !json.Valid([]byte(generate.text("SecretStringTemplate"))) {
		generate.refuse("SecretStringTemplate", "a JSON object is needed")
	}
}

// generatorOf reads the property GenerateSecretString.
func generatorOf(p properties) secretsmanager.Generator {
	return secretsmanager.Generator{
		Length: p.integer("PasswordLength", 32), ExcludeCharacters: p.text("ExcludeCharacters"),
		ExcludeLowercase: p.boolean("ExcludeLowercase", false), ExcludeUppercase: p.boolean("ExcludeUppercase", false),
		ExcludeNumbers: p.boolean("ExcludeNumbers", false), ExcludePunctuation: p.boolean("ExcludePunctuation", false),
		Key: p.text("GenerateStringKey"), Template: p.text("SecretStringTemplate"),
	}
}
