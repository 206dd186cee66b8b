package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// Rules for new clusters and for new Serverless namespaces.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
// and https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
var (
	userPattern = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]*$`)
	auditLogs   = []string{"connectionlog", "userlog", "useractivitylog"}
)

// maxParameters is the number of parameters that Redshift accepts.
const maxParameters = 20

// checkLogExports returns a problem for each log that Redshift doesn't have.
func checkLogExports(exports []string) ddl.Problems {
	var problems ddl.Problems
	for i, log := range exports {
		if !slices.Contains(auditLogs, log) {
			problems = append(problems, ddl.Problem{
				Path: fmt.Sprintf("LogExports[%d]", i), Message: fmt.Sprintf("got %q; write one of %s", log, strings.Join(auditLogs, ", ")),
			})
		}
	}
	return problems
}

// checkDatabase returns the problems of a new database's name and of its admin's name.
func checkDatabase(database, admin string) ddl.Problems {
	var problems ddl.Problems
	id, err := ddl.ParseIdent(database)
	switch {
	case err != nil:
		problems = append(problems, ddl.Problem{Path: "Database", Message: err.Error()})
	case id.Name() != database:
		problems = append(problems, ddl.Problem{Path: "Database", Message: fmt.Sprintf("got %q; write %q", database, id.Name())})
	}
	if len(admin) > 127 || !userPattern.MatchString(admin) {
		problems = append(problems, ddl.Problem{
			Path: "AdminUsername", Message: fmt.Sprintf("got %q; write up to 127 lower-case letters, digits and _+.@-, beginning with a letter", admin),
		})
	}
	return problems
}
