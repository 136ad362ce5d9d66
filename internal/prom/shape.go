package prom

import (
	"bytes"
	"encoding/json"
)

// shape is the data of an answer before its values are read.
type shape struct {
	ResultType string          `json:"resultType"`
	Result     json.RawMessage `json:"result"`
}

// points are the values of one series: one in a vector, many in a matrix.
type points struct {
	Value  []json.RawMessage   `json:"value"`
	Values [][]json.RawMessage `json:"values"`
}

func isString(data json.RawMessage) bool {
	var s shape
	return json.Unmarshal(data, &s) == nil && s.ResultType == "string"
}

// wellFormed reports whether every value in the data is complete: a time and a quoted number. client_golang reads
// [1700000000] and [1700000000, null] as the number 0, which nobody measured, and a missing result as an empty one.
func wellFormed(data json.RawMessage) bool {
	var s shape
	if json.Unmarshal(data, &s) != nil || !bytes.HasPrefix(s.Result, []byte("[")) {
		return false
	}
	if s.ResultType == "scalar" {
		var pair []json.RawMessage
		return json.Unmarshal(s.Result, &pair) == nil && isPair(pair)
	}
	var series []points
	if json.Unmarshal(s.Result, &series) != nil {
		return false
	}
	for _, one := range series {
		if s.ResultType == "vector" && !isPair(one.Value) {
			return false
		}
		for _, pair := range one.Values {
			if !isPair(pair) {
				return false
			}
		}
	}
	return true
}

func isPair(pair []json.RawMessage) bool {
	return len(pair) == 2 && len(pair[1]) > 2 && pair[1][0] == '"'
}
