package health

import (
	"context"
	"fmt"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// argoHealth is what a script of Argo CD answers.
type argoHealth struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// argoStatuses are those that Argo CD knows. It makes any other Unknown, which is the worst health that an application can have.
var argoStatuses = map[string]bool{"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true}

// runScript runs a script as Argo CD does where an administrator has not asked for open libraries: with `obj`, the base
// functions and those of tables, and one second of time. There is no string library, so not even ("x"):rep(2).
func runScript(script string, o *unstructured.Unstructured) (argoHealth, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return argoHealth{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("obj", luaValue(state, o.Object))
	if err := state.DoString(script); err != nil {
		return argoHealth{}, err
	}
	answer, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return argoHealth{}, fmt.Errorf("the script answers with a %s, not with a table", state.Get(-1).Type())
	}
	status, ok := answer.RawGetString("status").(lua.LString)
	if !ok || !argoStatuses[string(status)] {
		return argoHealth{}, fmt.Errorf("%q is no status of Argo CD", status)
	}
	message, ok := answer.RawGetString("message").(lua.LString)
	if !ok {
		return argoHealth{}, fmt.Errorf("the message is a %s, not a string", answer.RawGetString("message").Type())
	}
	return argoHealth{string(status), string(message)}, nil
}

// luaValue is a value of JSON in Lua. As in Argo CD all numbers are Lua's, lists count from 1, and null is nil.
func luaValue(state *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case bool:
		return lua.LBool(v)
	case string:
		return lua.LString(v)
	case int64:
		return lua.LNumber(v)
	case float64:
		return lua.LNumber(v)
	case []any:
		list := state.CreateTable(len(v), 0)
		for _, item := range v {
			list.Append(luaValue(state, item))
		}
		return list
	case map[string]any:
		table := state.CreateTable(0, len(v))
		for key, item := range v {
			table.RawSetString(key, luaValue(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}

func argoCD(t *testing.T, o *unstructured.Unstructured) argoHealth {
	t.Helper()
	got, err := runScript(scripts(t)[o.GetKind()], o)
	if err != nil {
		t.Fatalf("%s %s: %v", o.GetKind(), o.GetName(), err)
	}
	return got
}
