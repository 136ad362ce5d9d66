package goals

import (
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
)

// OwnedBy reports whether a team, a person or a contact of that name answers for a goal; upper and lower case are the same.
func OwnedBy(owner *v1alpha1.Owner, who string) bool {
	return owner != nil && slices.ContainsFunc([]string{owner.Team, owner.Person, owner.Contact}, func(name string) bool { return strings.EqualFold(name, who) })
}
