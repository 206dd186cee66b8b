// The check of Tributary's SQL against Redshift's grammar, apart from the
// library's own dependencies: the parser is large and slow to compile.
module github.com/tributary-cdk/tributary/internal/grammar

go 1.26.0

require (
	github.com/antlr4-go/antlr/v4 v4.13.1
	github.com/bytebase/parser v0.0.0-20260417075056-57b6ef7a2640
	golang.org/x/tools v0.52.0
)

require golang.org/x/exp v0.0.0-20240506185415-9bf2ced13842 // indirect
