// Package record generates records from a template ([NewGenerator]), and reads recorded
// records from a file or a pipe ([NewReplay]).
//
// A template is the text of a record with functions in double braces, in the syntax of the
// Amazon Kinesis Data Generator (KDG). [Parse] compiles a template. A [Generator] then
// renders the compiled template once for each record.
//
// If KDG can render a template, this package renders it in the same way: it removes the
// same blanks, finds functions and arguments by the same rules, and prints numbers, prices,
// dates, identifiers and array elements in the same form, range and distribution. Words,
// names and places come from the package gofakeit. They are of the same kind as those of
// KDG, but not the same values.
//
// This package accepts some templates on which KDG fails: with blanks around the name of a
// function, empty parentheses, several arguments, parentheses and braces in a quoted
// argument, or two closing braces before the first function. It prints objects as JSON.
//
// This package refuses some templates that KDG accepts: with arguments that a function
// doesn't have, with unknown keys of an object, and those for which KDG prints NaN,
// undefined or Invalid Date.
//
// Source: https://github.com/awslabs/amazon-kinesis-data-generator, which contains faker
// 3.1.0 and moment 2.17.1.
package record
