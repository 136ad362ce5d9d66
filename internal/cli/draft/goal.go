package draft

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// goal is an objective with its key results, and what is said beside them.
type goal struct {
	objective  *v1alpha1.Objective
	keyResults []*v1alpha1.KeyResult
	// remarks are comments.
	remarks remarks
	// suggested are key results that somebody may want; they are written as comments.
	suggested []*v1alpha1.KeyResult
	// asides are paragraphs of comment behind everything else of the goal.
	asides []string
}

// place is a field of an object; an empty field is the object itself.
type place struct {
	object metav1.Object
	field  string
}

// remarks are comments by where they stand.
type remarks map[place][]string

func (r remarks) add(object metav1.Object, field, text string) {
	if text != "" {
		r[place{object, field}] = append(r[place{object, field}], text)
	}
}

func newGoal() *goal {
	return &goal{objective: &v1alpha1.Objective{}, remarks: remarks{}}
}
