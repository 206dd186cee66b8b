package rsql

// Statement is a parsed statement. It is a value of one of the types below.
type Statement interface{ statement() }

// Name is the folded name of a table or view. Schema is empty if the statement names no
// schema.
type Name struct{ Schema, Name string }

// String returns the name, quoted for PostgreSQL.
func (n Name) String() string {
	if n.Schema == "" {
		return QuoteIdent(n.Name)
	}
	return QuoteIdent(n.Schema) + "." + QuoteIdent(n.Name)
}

// Key is a column of a DISTKEY or SORTKEY. A statement names the column, or gives its
// position, which begins at 1.
type Key struct {
	Name    string // empty if the statement gives the position
	Ordinal int    // the position; 0 if the statement names the column
}

// Attributes are the attributes BACKUP, DISTSTYLE, DISTKEY and SORTKEY of a table or view.
// PostgreSQL doesn't have them.
type Attributes struct {
	NoBackup bool
	// DistStyle is "even", "all", "key" or "auto". It is empty if the statement doesn't
	// have DISTSTYLE.
	DistStyle string
	DistKey   *Key  // nil if the statement has no DISTKEY
	SortKey   []Key // nil if the statement has no SORTKEY
	// SortStyle is "compound", "interleaved" or "auto". It is empty if the statement has
	// no SORTKEY.
	SortStyle string
}

// CreateExternalSchema is CREATE EXTERNAL SCHEMA … FROM KINESIS.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
type CreateExternalSchema struct {
	Name        string
	IfNotExists bool
	Region      string // empty if the statement has no REGION
	Role        string // ARNs of roles, separated by commas, or "default"
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

// AlterMaterializedView is ALTER MATERIALIZED VIEW. Either AutoRefresh or Attributes is nil.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
type AlterMaterializedView struct {
	Name        Name
	AutoRefresh *bool
	// Attributes are the changed attributes: DistStyle and DistKey, or SortStyle and
	// SortKey. A SortStyle of "none" removes the sort key.
	Attributes *Attributes
}

// RefreshMaterializedView is REFRESH MATERIALIZED VIEW.
type RefreshMaterializedView struct{ Name Name }

// DropMaterializedView is DROP MATERIALIZED VIEW.
type DropMaterializedView struct {
	Names             []Name
	IfExists, Cascade bool
}

// CreateTable is CREATE TABLE.
type CreateTable struct {
	Name        Name
	Temp        bool
	IfNotExists bool
	Attributes  Attributes
	Columns     string // the column list of CREATE TABLE … AS; empty if it has none
	Body        string // the columns without Redshift's attributes; empty in CREATE TABLE … AS
	Like        *Name  // the table of a LIKE clause; nil if there is none
	Query       *Query // nil if the statement is not CREATE TABLE … AS
}

// AppendTable is ALTER TABLE … APPEND FROM.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
type AppendTable struct{ Target, From Name }

// CreateUser is CREATE USER, CREATE GROUP or CREATE ROLE. It doesn't contain the user's
// password, since no one can sign in to the twin with it.
type CreateUser struct {
	Kind string // "USER", "GROUP" or "ROLE"
	Name string
}

// DropUsers is DROP USER, DROP GROUP or DROP ROLE.
type DropUsers struct {
	Names    []string
	IfExists bool
}

// Set is SET of a parameter that changes how the next statements are parsed.
type Set struct {
	Parameter string // CaseSensitiveIdentifier or CaseSensitiveSuper
	On        bool
}

// The parameters of a Set.
const (
	CaseSensitiveIdentifier = "enable_case_sensitive_identifier"
	CaseSensitiveSuper      = "enable_case_sensitive_super_attribute"
)

// Query is a statement of any other kind. PostgreSQL runs the text that Rewrite returns.
type Query struct {
	// Verb is the first word or words of the statement in upper case, such as "SELECT" or
	// "CREATE VIEW".
	Verb string
	// Changes are the tables and views that the statement creates, changes or drops.
	Changes []Name
	// Relations are the tables, views and streams that the statement reads, in order.
	Relations []Relation

	database *int // index of the token with a database's name in GRANT and REVOKE; nil if there is none
	tokens   []token
}

// Relation is a table, view or stream that a query reads.
type Relation struct {
	Name
	Alias string // empty if there is none

	from, to int // indexes of the first token and of the token after the last, without the alias
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
