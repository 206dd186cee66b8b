package template

import "strings"

// call is one call of an intrinsic function, being parsed. Its methods return
// nil after they have noted a problem.
type call struct {
	*reader
	path     string
	at       place
	name     string
	argument any
}

// value parses the functions of Resources and Outputs.
func (c *call) value() expression {
	switch c.name {
	case "Fn::GetAtt":
		return c.getAtt()
	case "Fn::ImportValue":
		return &importFunction{c.sub(c.argument)}
	case "Fn::GetAZs":
		return &zonesFunction{c.sub(c.argument)}
	case "Fn::Base64":
		return &base64Function{c.sub(c.argument)}
	case "Fn::Cidr":
		return c.cidr()
	case "Fn::If":
		return c.choice()
	default:
		return c.text()
	}
}

// logic parses the functions of Conditions.
func (c *call) logic() expression {
	switch c.name {
	case "Condition":
		if name, ok := c.argument.(string); ok {
			return &conditionFunction{name}
		}
		return c.wrong("the name of a condition")
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return c.compare()
	default:
		return c.text()
	}
}

// rule parses the functions of Rules.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
func (c *call) rule() expression {
	switch c.name {
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return c.compare()
	case "Fn::Contains":
		if args := c.args(2, 2); args != nil {
			return &containsFunction{args[0], args[1]}
		}
		return nil
	case "Fn::EachMemberEquals", "Fn::EachMemberIn":
		if args := c.args(2, 2); args != nil {
			return &eachFunction{c.name, args[0], args[1]}
		}
		return nil
	case "Ref":
		return c.text()
	default:
		return c.unknown()
	}
}

// compare parses the functions that are true or false.
func (c *call) compare() expression {
	switch c.name {
	case "Fn::Equals":
		if args := c.args(2, 2); args != nil {
			return &equalsFunction{args[0], args[1]}
		}
	case "Fn::Not":
		if args := c.args(1, 1); args != nil {
			return &notFunction{args[0]}
		}
	case "Fn::And":
		if args := c.args(2, 10); args != nil {
			return &allFunction{args}
		}
	case "Fn::Or":
		if args := c.args(2, 10); args != nil {
			return &anyFunction{args}
		}
	}
	return nil
}

// text parses the functions that Resources, Outputs and Conditions share.
func (c *call) text() expression {
	switch c.name {
	case "Ref":
		if name, ok := c.argument.(string); ok {
			return &refFunction{name}
		}
		return c.wrong("a name")
	case "Fn::Join":
		if delimiter, args := c.delimited(); args != nil {
			return &joinFunction{delimiter, args[1]}
		}
		return nil
	case "Fn::Split":
		if delimiter, args := c.delimited(); args != nil {
			return &splitFunction{delimiter, args[1]}
		}
		return nil
	case "Fn::Select":
		if args := c.args(2, 2); args != nil {
			return &selectFunction{args[0], args[1]}
		}
		return nil
	case "Fn::FindInMap":
		if args := c.args(3, 3); args != nil {
			return &mapFunction{args}
		}
		return nil
	case "Fn::Sub":
		return c.substitute()
	default:
		return c.unknown()
	}
}

// getAtt parses [id, attribute] and "id.attribute".
func (c *call) getAtt() expression {
	switch argument := c.argument.(type) {
	case string:
		if id, attribute, ok := strings.Cut(argument, "."); ok {
			return &attributeFunction{id, literal{attribute}}
		}
	case []any:
		if len(argument) != 2 {
			break
		}
		if id, ok := argument[0].(string); ok {
			return &attributeFunction{id, c.sub(argument[1])}
		}
	}
	return c.wrong("a logical id and an attribute's name")
}

// choice parses Fn::If.
func (c *call) choice() expression {
	args, _ := c.argument.([]any)
	if len(args) == 3 {
		if condition, ok := args[0].(string); ok {
			return &ifFunction{condition, c.sub(args[1]), c.sub(args[2])}
		}
	}
	return c.wrong("a condition's name and two values")
}

// cidr parses Fn::Cidr; without a third argument a block has 8 host bits.
func (c *call) cidr() expression {
	args := c.args(2, 3)
	switch len(args) {
	case 2:
		return &cidrFunction{args[0], args[1], literal{"8"}}
	case 3:
		return &cidrFunction{args[0], args[1], args[2]}
	default:
		return nil
	}
}

// substitute parses both forms of Fn::Sub.
func (c *call) substitute() expression {
	source, isText := c.argument.(string)
	var locals object
	if args, ok := c.argument.([]any); ok && len(args) == 2 {
		variables, isMap := args[1].(map[string]any)
		source, isText = args[0].(string)
		isText = isText && isMap
		locals = c.object(c.path, c.at, variables)
	}
	if !isText {
		return c.wrong("a text, or a text and a map of variables")
	}
	parts, ok := substitute(source, locals)
	if !ok {
		return c.wrong("a text in which every ${ has its }")
	}
	return &subFunction{parts, locals}
}

// delimited parses arguments whose first is a literal delimiter.
func (c *call) delimited() (string, list) {
	args := c.args(2, 2)
	if args == nil {
		return "", nil
	}
	if l, ok := args[0].(literal); ok {
		if delimiter, ok := l.value.(string); ok && (delimiter != "" || c.name == "Fn::Join") {
			return delimiter, args
		}
	}
	c.wrong("a delimiter as its first argument")
	return "", nil
}

// args parses an argument list of low to high entries.
func (c *call) args(low, high int) list {
	args, ok := c.argument.([]any)
	if !ok || len(args) < low || len(args) > high {
		if low == high {
			c.addStrict("Template error: %s requires a list of %d arguments at %s", c.name, low, c.path)
		} else {
			c.addStrict("Template error: %s requires a list of %d to %d arguments at %s", c.name, low, high, c.path)
		}
		return nil
	}
	return c.list(c.path, c.at, args)
}

// sub parses an argument.
func (c *call) sub(raw any) expression { return c.expression(c.path, c.at, raw) }

// wrong notes that the argument isn't what it must be.
func (c *call) wrong(want string) expression {
	c.addStrict("Template error: %s requires %s at %s", c.name, want, c.path)
	return nil
}

// unknown refuses a function that isn't known where it stands.
func (c *call) unknown() expression {
	where := map[place]string{inValues: "Resources and Outputs", inConditions: "Conditions", inRules: "Rules"}
	c.addStrict("Template format error: %s is not supported in %s at %s", c.name, where[c.at], c.path)
	return nil
}
