package template

import (
	"cmp"
	"encoding/base64"
)

// refFunction is {"Ref": name}.
type refFunction struct{ name string }

func (f *refFunction) eval(s *scope) (any, error) { return s.ref(f.name) }
func (*refFunction) children() []expression       { return nil }

// attributeFunction is {"Fn::GetAtt": [id, attribute]}. The name of the attribute may be an
// expression that refers to parameters.
type attributeFunction struct {
	id        string
	attribute expression
}

func (f *attributeFunction) eval(s *scope) (any, error) {
	name, known, err := evalText(s, f.attribute, "the attribute name of Fn::GetAtt "+f.id)
	if err != nil || !known {
		return Unknown{}, err
	}
	return s.Attribute(f.id, name)
}

func (f *attributeFunction) children() []expression { return []expression{f.attribute} }

// importFunction is {"Fn::ImportValue": export}.
type importFunction struct{ export expression }

func (f *importFunction) eval(s *scope) (any, error) {
	name, known, err := evalText(s, f.export, "Fn::ImportValue's export name")
	if err != nil || !known {
		return Unknown{}, err
	}
	if s.Import == nil {
		return nil, newError("No export named %s found.", name)
	}
	return s.Import(name)
}

func (f *importFunction) children() []expression { return []expression{f.export} }

// mapFunction is {"Fn::FindInMap": [map, first key, second key]}.
type mapFunction struct{ keys list }

func (f *mapFunction) eval(s *scope) (any, error) {
	var key [3]string
	for i, e := range f.keys {
		v, known, err := evalText(s, e, "each argument of Fn::FindInMap")
		if err != nil || !known {
			return Unknown{}, err
		}
		key[i] = v
	}
	mapping, ok := s.template.Mappings[key[0]]
	if !ok {
		return nil, newError("Template error: Mapping named '%s' is not present in the 'Mappings' section of template.", key[0])
	}
	value, ok := mapping[key[1]][key[2]]
	if !ok {
		return nil, newError("Template error: Unable to get mapping for %s::%s::%s", key[0], key[1], key[2])
	}
	return value, nil
}

func (f *mapFunction) children() []expression { return f.keys }

// zonesFunction is {"Fn::GetAZs": region}. An empty region means the region of the stack.
type zonesFunction struct{ region expression }

func (f *zonesFunction) eval(s *scope) (any, error) {
	region, known, err := evalText(s, f.region, "Fn::GetAZs's region")
	if err != nil || !known {
		return Unknown{}, err
	}
	region = cmp.Or(region, s.env.Region)
	if s.env.AvailabilityZones == nil {
		return nil, newError("Template error: Fn::GetAZs: the availability zones of region %q are unknown", region)
	}
	zones := s.env.AvailabilityZones(region)
	out := make([]any, len(zones))
	for i, zone := range zones {
		out[i] = zone
	}
	return out, nil
}

func (f *zonesFunction) children() []expression { return []expression{f.region} }

// base64Function is {"Fn::Base64": value}.
type base64Function struct{ value expression }

func (f *base64Function) eval(s *scope) (any, error) {
	value, known, err := evalText(s, f.value, "Fn::Base64's value")
	if err != nil || !known {
		return Unknown{}, err
	}
	return base64.StdEncoding.EncodeToString([]byte(value)), nil
}

func (f *base64Function) children() []expression { return []expression{f.value} }
