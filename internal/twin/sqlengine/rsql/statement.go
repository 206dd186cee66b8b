package rsql

// Statement is one parsed statement: one of the types below.
type Statement interface{ statement() }

// Name is a table's or view's name, folded. Schema is empty if not written.
type Name struct{ Schema, Name string }

// String returns the name quoted for PostgreSQL.
func (n Name) String() string {
	if n.Schema == "" {
		return QuoteIdent(n.Name)
	}
	return QuoteIdent(n.Schema) + "." + QuoteIdent(n.Name)
}

// Key is a column of a DISTKEY or SORTKEY: by name, or by its place from 1, as
// AWS's streaming tutorial writes it.
type Key struct {
	Name    string
	Ordinal int // 0 if by name
}

// Attributes are what Redshift stores about where a table's rows lie, which
// PostgreSQL has no use for.
type Attributes struct {
	NoBackup bool
	// DistStyle is "even", "all", "key", "auto" or, if not written, empty.
	DistStyle string
	DistKey   *Key  // nil if none
	SortKey   []Key // nil if none
	// SortStyle is "compound", "interleaved", "auto" or empty.
	SortStyle string
}

// CreateExternalSchema is CREATE EXTERNAL SCHEMA … FROM KINESIS.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
type CreateExternalSchema struct {
	Name         string
	IfNotExists  bool
	Region, Role string // Role is an ARN or "default"; Region may be empty
}

// DropSchema is DROP SCHEMA.
type DropSchema struct {
	Names             []string
	IfExists, Cascade bool
}

// CreateMaterializedView is CREATE MATERIALIZED VIEW.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
type CreateMaterializedView struct {
	Name        Name
	Attributes  Attributes
	AutoRefresh bool
	Query       *Query
}

// AlterMaterializedView is ALTER MATERIALIZED VIEW. One of its changes is set.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
type AlterMaterializedView struct {
	Name        Name
	AutoRefresh *bool
	// Attributes holds the changed fields: DistStyle with DistKey, or SortStyle
	// with SortKey. SortStyle "none" takes the sort key away.
	Attributes *Attributes
}

// RefreshMaterializedView is REFRESH MATERIALIZED VIEW.
type RefreshMaterializedView struct{ Name Name }

// DropMaterializedView is DROP MATERIALIZED VIEW.
type DropMaterializedView struct {
	Names             []Name
	IfExists, Cascade bool
}

// CreateTable is CREATE TABLE. Query is set for CREATE TABLE … AS, else Body
// has what stands between the parentheses, Redshift's own attributes removed.
type CreateTable struct {
	Name        Name
	Temp        bool
	IfNotExists bool
	Attributes  Attributes
	Columns     string // the column list of CREATE TABLE … AS, or empty
	Body        string
	Like        *Name // the table of a LIKE clause
	Query       *Query
}

// AppendTable is ALTER TABLE … APPEND FROM.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
type AppendTable struct{ Target, From Name }

// CreateUser is CREATE USER, CREATE GROUP or CREATE ROLE. A user's password is left
// out, since nobody signs in to the twin.
type CreateUser struct {
	Kind string // "USER", "GROUP" or "ROLE"
	Name string
}

// DropUsers is DROP USER, DROP GROUP or DROP ROLE.
type DropUsers struct {
	Names    []string
	IfExists bool
}

// Set is SET of a parameter that changes how statements are read.
type Set struct {
	Parameter string // CaseSensitiveIdentifier or CaseSensitiveSuper
	On        bool
}

// The parameters of a Set.
const (
	CaseSensitiveIdentifier = "enable_case_sensitive_identifier"
	CaseSensitiveSuper      = "enable_case_sensitive_super_attribute"
)

// Query is a statement that PostgreSQL runs once Rewrite has gone over it.
type Query struct {
	// Verb is the statement's first words in capitals, such as "SELECT".
	Verb string
	// Changes are the tables whose definition the statement changes or drops.
	Changes []Name
	// Relations are the tables and views it reads, in order, as far as they are
	// written with a schema or without; of other databases there are none.
	Relations []Relation

	database *int // the token of a database's name, in GRANT and REVOKE
	tokens   []token
}

// Relation is a table, view or stream that a query reads.
type Relation struct {
	Name
	Alias string // empty if none

	from, to int // its tokens, without the alias
}

func (CreateExternalSchema) statement()    {}
func (DropSchema) statement()              {}
func (CreateMaterializedView) statement()  {}
func (AlterMaterializedView) statement()   {}
func (RefreshMaterializedView) statement() {}
func (DropMaterializedView) statement()    {}
func (CreateTable) statement()             {}
func (AppendTable) statement()             {}
func (CreateUser) statement()              {}
func (DropUsers) statement()               {}
func (Set) statement()                     {}
func (*Query) statement()                  {}
