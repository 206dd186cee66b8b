package iam

import "slices"

// Trusts reports whether at least one of the services may assume the role: an Allow
// statement of the trust policy must name the service, and no Deny statement may name one
// of the services. Trusts ignores conditions.
func (r Role) Trusts(services ...string) bool {
	document, _ := r.Trust.(map[string]any)
	trusted := false
	for _, item := range asList(document["Statement"]) {
		statement, _ := item.(map[string]any)
		principal, _ := statement["Principal"].(map[string]any)
		named := statement["Principal"] == "*" || slices.ContainsFunc(asList(principal["Service"]), func(v any) bool {
			service, _ := v.(string)
			return slices.Contains(services, service)
		})
		switch {
		case named && statement["Effect"] == "Deny":
			return false
		case named && statement["Effect"] == "Allow":
			trusted = true
		}
	}
	return trusted
}
