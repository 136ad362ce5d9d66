package schemas

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

func TestTranslate(t *testing.T) {
	tests := []struct{ reason, schema, want, err string }{
		{reason: "an object refuses what it does not know", schema: `{type: object, required: [a], properties: {a: {type: string}}}`,
			want: `{type: object, required: [a], properties: {a: {type: string}}, additionalProperties: false}`},
		{reason: "what need not be written may be left empty", schema: `{required: [a], properties: {a: {enum: [x]}, b: {type: string, enum: [x]}, c: {x-kubernetes-int-or-string: true}}}`,
			want: `{required: [a], properties: {a: {enum: [x]}, b: {type: [string, "null"], enum: [x, null]}, c: {type: [integer, string, "null"]}}, additionalProperties: false}`},
		{reason: "a map knows no names", schema: `{type: object, additionalProperties: {type: string}}`,
			want: `{type: object, additionalProperties: {type: string}}`},
		{reason: "objects in lists and maps are objects", schema: `{type: array, items: {properties: {}}}`,
			want: `{type: array, items: {properties: {}, additionalProperties: false}}`},
		{reason: "a decimal", schema: `{x-kubernetes-int-or-string: true, maxLength: 64, x-kubernetes-validations: [{rule: "true"}]}`,
			want: `{type: [integer, string], maxLength: 64}`},
		{reason: "a set holds a thing once", schema: `{type: array, items: {type: string}, x-kubernetes-list-type: set}`,
			want: `{type: array, items: {type: string}, uniqueItems: true}`},
		{reason: "a list by keys says nothing that draft 7 could", schema: `{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a]}`,
			want: `{type: array}`},
		{reason: "the sizes of numbers are not draft 7's, times are", schema: `{required: [i, t], properties: {i: {type: integer, format: int32}, t: {type: string, format: date-time}}}`,
			want: `{required: [i, t], properties: {i: {type: integer}, t: {type: string, format: date-time}}, additionalProperties: false}`},
		{reason: "what people read and what editors fill in stays", schema: `{type: string, description: d, default: x, enum: [x, y]}`,
			want: `{type: string, description: d, default: x, enum: [x, y]}`},
		{reason: "a word that is new must be read before it is passed on", schema: `{properties: {a: {items: {nullable: true}}}}`,
			err: "a items has nullable, which is not translated yet"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var got, want map[string]any
			if err := yaml.Unmarshal([]byte(tt.schema), &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if err := translate(got); tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("%v, want %q", err, tt.err)
				}
			} else if err != nil || !cmp.Equal(got, want) {
				t.Errorf("%v\n%s", err, cmp.Diff(want, got))
			}
		})
	}
}
