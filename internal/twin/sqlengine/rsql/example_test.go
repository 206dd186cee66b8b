package rsql_test

import (
	"fmt"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

func ExampleParse() {
	statement, err := rsql.Parse(`CREATE MATERIALIZED VIEW ev DISTKEY("ID") AUTO REFRESH YES AS SELECT id FROM evdata."EV"`, rsql.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if view, ok := statement.(rsql.CreateMaterializedView); ok {
		fmt.Println(view.Name, view.Attributes.DistKey.Name, view.AutoRefresh, view.Query.Relations[0].Name)
	}
	_, err = rsql.Parse("CREATE MATERIALIZED VIEW IF NOT EXISTS ev AS SELECT 1", rsql.Options{})
	fmt.Println(err)
	// Output:
	// "ev" id true "evdata"."ev"
	// syntax error at or near "IF"
	//   Position: 26
}

func ExampleQuery_Rewrite() {
	statement, err := rsql.Parse(`SELECT TRY_CAST(kwh AS DECIMAL(10,2)), count(distinct userid) AS #Users FROM ev`, rsql.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if query, ok := statement.(*rsql.Query); ok {
		fmt.Println(query.Rewrite(rsql.Env{}))
	}
	// Output:
	// SELECT pg_catalog.try_cast((kwh)::text, 'decimal(10,2)')::DECIMAL(10,2), count(distinct userid) AS "#users" FROM ev <nil>
}
