package template

import "strings"

// call parses a call of an intrinsic function. If a method finds a problem, it adds the
// problem to the reader and returns nil.
type call struct {
	*reader
	path     string
	where    blockKind
	name     string
	argument any
}

// parseValue parses a function that is allowed in Resources and Outputs.
func (c *call) parseValue() expression {
	switch c.name {
	case "Fn::GetAtt":
		return c.parseGetAtt()
	case "Fn::ImportValue":
		return &importFunction{c.parseArgument(c.argument)}
	case "Fn::GetAZs":
		return &zonesFunction{c.parseArgument(c.argument)}
	case "Fn::Base64":
		return &base64Function{c.parseArgument(c.argument)}
	case "Fn::Cidr":
		return c.parseCidr()
	case "Fn::If":
		return c.parseIf()
	default:
		return c.parseText()
	}
}

// parseCondition parses a function that is allowed in Conditions.
func (c *call) parseCondition() expression {
	switch c.name {
	case "Condition":
		if name, ok := c.argument.(string); ok {
			return &conditionFunction{name}
		}
		return c.wrongArgument("the name of a condition")
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return c.parseComparison()
	default:
		return c.parseText()
	}
}

// parseRule parses a function that is allowed in Rules.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
func (c *call) parseRule() expression {
	switch c.name {
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return c.parseComparison()
	case "Fn::Contains":
		if args := c.parseArguments(2, 2); args != nil {
			return &containsFunction{args[0], args[1]}
		}
		return nil
	case "Fn::EachMemberEquals", "Fn::EachMemberIn":
		if args := c.parseArguments(2, 2); args != nil {
			return &eachFunction{c.name, args[0], args[1]}
		}
		return nil
	case "Ref":
		return c.parseText()
	default:
		return c.unsupportedFunction()
	}
}

// parseComparison parses the functions Fn::Equals, Fn::Not, Fn::And and Fn::Or.
func (c *call) parseComparison() expression {
	switch c.name {
	case "Fn::Equals":
		if args := c.parseArguments(2, 2); args != nil {
			return &equalsFunction{args[0], args[1]}
		}
	case "Fn::Not":
		if args := c.parseArguments(1, 1); args != nil {
			return &notFunction{args[0]}
		}
	case "Fn::And":
		if args := c.parseArguments(2, 10); args != nil {
			return &andFunction{args}
		}
	case "Fn::Or":
		if args := c.parseArguments(2, 10); args != nil {
			return &orFunction{args}
		}
	}
	return nil
}

// parseText parses the functions that are allowed in Resources, Outputs and Conditions.
func (c *call) parseText() expression {
	switch c.name {
	case "Ref":
		if name, ok := c.argument.(string); ok {
			return &refFunction{name}
		}
		return c.wrongArgument("a name")
	case "Fn::Join":
		if delimiter, args := c.parseDelimited(); args != nil {
			return &joinFunction{delimiter, args[1]}
		}
		return nil
	case "Fn::Split":
		if delimiter, args := c.parseDelimited(); args != nil {
			return &splitFunction{delimiter, args[1]}
		}
		return nil
	case "Fn::Select":
		if args := c.parseArguments(2, 2); args != nil {
			return &selectFunction{args[0], args[1]}
		}
		return nil
	case "Fn::FindInMap":
		if args := c.parseArguments(3, 3); args != nil {
			return &mapFunction{args}
		}
		return nil
	case "Fn::Sub":
		return c.parseSub()
	default:
		return c.unsupportedFunction()
	}
}

// parseGetAtt parses both forms of Fn::GetAtt: [id, attribute] and "id.attribute".
func (c *call) parseGetAtt() expression {
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
			return &attributeFunction{id, c.parseArgument(argument[1])}
		}
	}
	return c.wrongArgument("a logical id and an attribute's name")
}

// parseIf parses Fn::If.
func (c *call) parseIf() expression {
	args, _ := c.argument.([]any)
	if len(args) == 3 {
		if condition, ok := args[0].(string); ok {
			return &ifFunction{condition, c.parseArgument(args[1]), c.parseArgument(args[2])}
		}
	}
	return c.wrongArgument("a condition's name and two values")
}

// parseCidr parses Fn::Cidr. If the third argument is missing, a block has 8 host bits.
func (c *call) parseCidr() expression {
	args := c.parseArguments(2, 3)
	switch len(args) {
	case 2:
		return &cidrFunction{args[0], args[1], literal{"8"}}
	case 3:
		return &cidrFunction{args[0], args[1], args[2]}
	default:
		return nil
	}
}

// parseSub parses both forms of Fn::Sub: a string, and [string, variables].
func (c *call) parseSub() expression {
	source, isText := c.argument.(string)
	var locals object
	if args, ok := c.argument.([]any); ok && len(args) == 2 {
		variables, isMap := args[1].(map[string]any)
		source, isText = args[0].(string)
		isText = isText && isMap
		locals = c.object(c.path, c.where, variables)
	}
	if !isText {
		return c.wrongArgument("a string, or a list of a string and a map of variables")
	}
	parts, ok := substitute(source, locals)
	if !ok {
		return c.wrongArgument("a string in which every ${ has a matching }")
	}
	return &subFunction{parts, locals}
}

// parseDelimited parses two arguments, of which the first is a delimiter. The delimiter
// must be a literal, and may be empty only for Fn::Join.
func (c *call) parseDelimited() (string, list) {
	args := c.parseArguments(2, 2)
	if args == nil {
		return "", nil
	}
	if l, ok := args[0].(literal); ok {
		if delimiter, ok := l.value.(string); ok && (delimiter != "" || c.name == "Fn::Join") {
			return delimiter, args
		}
	}
	c.wrongArgument("a delimiter as its first argument")
	return "", nil
}

// parseArguments parses a list of low to high arguments.
func (c *call) parseArguments(low, high int) list {
	args, ok := c.argument.([]any)
	if !ok || len(args) < low || len(args) > high {
		if low == high {
			c.addStrict("Template error: %s requires a list of %d arguments at %s", c.name, low, c.path)
		} else {
			c.addStrict("Template error: %s requires a list of %d to %d arguments at %s", c.name, low, high, c.path)
		}
		return nil
	}
	return c.list(c.path, c.where, args)
}

// parseArgument parses one argument.
func (c *call) parseArgument(raw any) expression { return c.expression(c.path, c.where, raw) }

// wrongArgument adds a problem with the argument and returns nil. expected describes a
// valid argument.
func (c *call) wrongArgument(expected string) expression {
	c.addStrict("Template error: %s requires %s at %s", c.name, expected, c.path)
	return nil
}

// unsupportedFunction adds a problem with a function that is not allowed in the block of
// the template, and returns nil.
func (c *call) unsupportedFunction() expression {
	blocks := map[blockKind]string{inValues: "Resources and Outputs", inConditions: "Conditions", inRules: "Rules"}
	c.addStrict("Template format error: %s is not supported in %s at %s", c.name, blocks[c.where], c.path)
	return nil
}
