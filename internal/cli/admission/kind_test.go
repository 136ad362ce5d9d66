package admission

import ("testing";"time")

func TestTiming(t *testing.T) {
	for _, k := range Kinds() {
		a := time.Now()
		kind, err := For(k)
		if err != nil { t.Fatal(err) }
		b := time.Now()
		kind.rules()
		t.Log(k, b.Sub(a), time.Since(b))
	}
}
