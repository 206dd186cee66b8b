package sqlengine_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// fragments are parts of SQL texts in which one parser may find a string, a name or a
// comment where another parser finds a call.
var fragments = []string{
	", attack_canary()", "|| attack_canary()", `, "attack_canary"()`, `, U&"attack\005fcanary"()`, `, u&"!0061ttack_canary" UESCAPE '!' ()`, ", (SELECT attack_canary())",
	"'", "''", "'a'", `\'`, `\`, `"`, `""`, "$$", "$a$", "$1", "--", "/*", "*/", "\r", "\n", "\f", "\v", "\u00a0", " ",
	"E'", "N'", "b'", "x'", "U&'", "::varchar", " AS x", ",", "(", ")", ";", ":a", "1", "0x", "||",
}

// TestParserAndPostgreSQLAgree generates random SQL and runs what the parser accepts as a
// superuser. PostgreSQL must never call a function that the parser doesn't know.
func TestParserAndPostgreSQLAgree(t *testing.T) {
	t.Parallel()
	d := open(t)
	conn := connect(t, d, "rdsdb")
	for _, sql := range []string{
		"SET event_triggers = off", "CREATE SEQUENCE calls", "CREATE FUNCTION attack_canary() RETURNS text LANGUAGE sql AS $$ SELECT nextval('calls')::text $$",
		"SET standard_conforming_strings = off", "SET escape_string_warning = off", "SET backslash_quote = on", // like the engine's sessions
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), "SELECT attack_canary()"); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ran, calls := 0, 1
	for range 60_000 {
		var b strings.Builder
		b.WriteString("SELECT 1")
		for range 2 + random.IntN(5) {
			b.WriteString(fragments[random.IntN(len(fragments))])
		}
		sql := b.String()
		if !strings.Contains(sql, "canary") {
			continue
		}
		statement, err := rsql.Parse(sql, rsql.Options{})
		q, ok := statement.(*rsql.Query)
		if err != nil || !ok {
			continue
		}
		text, err := q.Rewrite(rsql.Env{})
		if err != nil {
			continue
		}
		ran++
		_, _ = conn.PgConn().ExecParams(t.Context(), text, nil, nil, nil, nil).Close() // most statements fail
		var total int
		if err := conn.QueryRow(t.Context(), "SELECT last_value FROM calls").Scan(&total); err != nil {
			t.Fatal(err)
		}
		if total != calls {
			t.Errorf("%q, rewritten as %q: the parser accepted it, and PostgreSQL called the function", sql, text)
			calls = total
		}
	}
	if ran < 300 {
		t.Errorf("statements that the parser accepted: want at least 300, got %d", ran)
	}
	t.Logf("%d statements run", ran)
}
