package sqlengine

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Result is the result of a statement.
type Result struct {
	// Columns describe the rows. Nil means that the statement has no result set.
	Columns []Column
	// Rows contain the values as Redshift's text. A boolean is t or f, and a VARBYTE
	// consists of hexadecimal digits. Nil means NULL.
	Rows [][][]byte
	// RowsAffected is the number of rows that were returned, inserted, updated or
	// deleted.
	RowsAffected int64
	QueryID      int64 // unique in the Engine
	PID          int64 // process id of the session in the PostgreSQL server
}

// Column describes a column of a Result.
type Column struct {
	Name string
	Type string // Redshift's name of the type, such as "int8", or PostgreSQL's if Redshift has none
	// Schema and Table name the column's table. They are empty for a computed column.
	Schema, Table string
	// Length is the maximum length of a VARCHAR or CHAR in characters. 0 means that the
	// type has none.
	Length int
	// Precision and Scale are those of a numeric, and 0 for other types.
	Precision, Scale int
	NotNull          bool
}

// typeNames are Redshift's names of types, by the OIDs of PostgreSQL's types.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
var typeNames = map[uint32]string{
	pgtype.BoolOID: "bool", pgtype.Int2OID: "int2", pgtype.Int4OID: "int4", pgtype.Int8OID: "int8",
	pgtype.Float4OID: "float4", pgtype.Float8OID: "float8", pgtype.NumericOID: "numeric",
	pgtype.BPCharOID: "bpchar", pgtype.VarcharOID: "varchar", pgtype.TextOID: "varchar", pgtype.UnknownOID: "varchar",
	pgtype.DateOID: "date", pgtype.TimeOID: "time", pgtype.TimetzOID: "timetz",
	pgtype.TimestampOID: "timestamp", pgtype.TimestamptzOID: "timestamptz", pgtype.IntervalOID: "interval",
	pgtype.JSONBOID: "super", pgtype.JSONOID: "super", pgtype.ByteaOID: "varbyte", pgtype.OIDOID: "oid", pgtype.NameOID: "name",
}

// query runs one statement in PostgreSQL and returns its result.
func query(ctx context.Context, conn *pgx.Conn, sql string) (Result, error) {
	reader := conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil)
	fields := reader.FieldDescriptions()
	var r Result
	for reader.NextRow() {
		row := make([][]byte, len(fields))
		for i, v := range reader.Values() {
			row[i] = value(fields[i].DataTypeOID, v)
		}
		r.Rows = append(r.Rows, row)
	}
	fields = append([]pgconn.FieldDescription(nil), fields...)
	tag, err := reader.Close()
	if err != nil {
		return Result{}, err
	}
	r.RowsAffected = tag.RowsAffected()
	if len(fields) > 0 {
		r.Columns, err = columns(ctx, conn, fields)
	}
	return r, err
}

// value returns a copy of a value of a type, with Redshift's text instead of PostgreSQL's.
func value(oid uint32, v []byte) []byte {
	switch {
	case v == nil:
		return nil
	case oid == pgtype.ByteaOID:
		v = bytes.TrimPrefix(v, []byte(`\x`))
	case oid == pgtype.JSONBOID:
		var b bytes.Buffer
		if json.Compact(&b, v) == nil { // the text of a SUPER has no spaces between its tokens
			return b.Bytes()
		}
	}
	return append([]byte{}, v...)
}

// columns returns the descriptions of a result's columns.
func columns(ctx context.Context, conn *pgx.Conn, fields []pgconn.FieldDescription) ([]Column, error) {
	list := make([]Column, len(fields))
	tables := map[uint32]bool{}
	for i, f := range fields {
		list[i] = Column{Name: f.Name, Type: typeNames[f.DataTypeOID]}
		if t, ok := conn.TypeMap().TypeForOID(f.DataTypeOID); ok && list[i].Type == "" {
			list[i].Type = t.Name
		}
		switch f.DataTypeOID {
		case pgtype.NumericOID:
			list[i].Precision, list[i].Scale = 38, 0
			if f.TypeModifier >= 4 {
				list[i].Precision, list[i].Scale = int(f.TypeModifier-4)>>16, int(f.TypeModifier-4)&0x7ff
			}
		case pgtype.VarcharOID, pgtype.BPCharOID:
			list[i].Length = max(0, int(f.TypeModifier-4))
		}
		if f.TableOID != 0 {
			tables[f.TableOID] = true
		}
	}
	if len(tables) == 0 {
		return list, nil
	}
	return list, origins(ctx, conn, fields, tables, list)
}

// origins sets the Schema, Table and NotNull of the columns that belong to a table.
func origins(ctx context.Context, conn *pgx.Conn, fields []pgconn.FieldDescription, tables map[uint32]bool, list []Column) error {
	var oids []uint32
	for oid := range tables {
		oids = append(oids, oid)
	}
	rows, err := conn.Query(ctx, `SELECT a.attrelid, a.attnum, n.nspname, c.relname, a.attnotnull
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE a.attrelid = ANY($1) AND a.attnum > 0`, oids)
	if err != nil {
		return err
	}
	var oid uint32
	var number uint16
	var origin Column
	_, err = pgx.ForEachRow(rows, []any{&oid, &number, &origin.Schema, &origin.Table, &origin.NotNull}, func() error {
		for i, f := range fields {
			if f.TableOID == oid && f.TableAttributeNumber == number {
				list[i].Schema, list[i].Table, list[i].NotNull = origin.Schema, origin.Table, origin.NotNull
			}
		}
		return nil
	})
	return err
}
