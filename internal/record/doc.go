// Package record makes records: of record templates, and of what was recorded
// before, by [NewReplay].
//
// A template is a record's text with functions in double braces, as the Kinesis
// Data Generator (KDG) has it: [Parse] compiles one, once, into a program that a
// [Generator] runs for each record.
//
// Where KDG renders a template, this package renders the same: its cleaning of
// the text, its way to find a function and its argument, and the forms, ranges and
// distributions of numbers, prices, dates, identifiers and array elements. Words,
// names and places come from gofakeit: they differ from KDG's values, not in
// kind.
//
// Where KDG fails, this package may go on: blanks around a function's name, empty
// parentheses, several arguments, parentheses and braces within a quoted argument,
// and two closing braces before the first function are all fine; and an object is
// printed as JSON.
//
// Where KDG goes on without making sense, this package refuses: arguments that a
// function doesn't take, an object's key that it doesn't know, and everything
// that KDG would print as NaN, undefined or Invalid Date.
//
// Source: https://github.com/awslabs/amazon-kinesis-data-generator, with
// faker 3.1.0 and moment 2.17.1 inside.
package record
