package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/terminal"
)

// hostile are texts that people, or whoever may write a status, could write.
var hostile = []string{
	"", " ", "\x1b[2J\x1b]0;owned\x07", "two\nlines\r\n\tand a tab", strings.Repeat("w", 280), strings.Repeat("wide 目标 ", 40),
	"👩‍👩‍👧‍👦👩‍🚀🏳️‍🌈", "e\u0301e\u0301 Z\u0351\u036b\u0343a\u030a", "\u202eright to left\u202c", "<script>alert(1)</script>", "[x](javascript:alert(1))",
	"| a | b |\n|---|---|", "`code` **bold** # head", "\"]; click n1 \"javascript:alert(1)\"", "999999999999999.999999999", "-1e309", "NaN", "%s%d%n", "\u2028\u0085",
}

// enumerated are fields that hold one of a few words, or are no text of people's: the API server sees to that.
var enumerated = map[string]bool{
	"health": true, "grade": true, "status": true, "level": true, "ambition": true, "state": true, "direction": true, "from": true, "score": true,
	"reason": false, "type": true, "name": true, "namespace": true, "period": true, "cycle": true, "timeZone": true, "kpi": true,
}

// days are those that dates become.
var days = []string{"0001-01-01", "1969-12-31", "2026-10-25", "2026-11-25", "2026-11-26", "2026-11-27", "2027-03-28", "9999-12-31"}

// room is how many characters fields have that tables show in full: the API server, or the controller, holds them to it.
var room = map[string]int{"unit": 32, "value": 57, "target": 57, "baseline": 57, "originalTarget": 57, "summary": 57, "atStart": 57, "atEnd": 57, "change": 57}

func short(text, key string) string {
	letters := []rune(text)
	if most, limited := room[key]; limited && len(letters) > most {
		return string(letters[:most])
	}
	return text
}

// mutation changes objects at random in such a way that the API could hold them still: a number stays a number, and what no
// longer decodes is left as it was.
type mutation struct {
	*rand.Rand
	kind runtime.Object
	root map[string]any
}

func (m *mutation) decodes() bool {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(m.root, m.kind.DeepCopyObject()) == nil
}

// walk visits everything below spec and status.
func (m *mutation) walk(holder any, rate float64) {
	try := func(key string, set func(any), old any, deleteIt func()) {
		if m.Float64() < rate {
			switch v := old.(type) {
			case string:
				switch {
				case enumerated[key]:
				case strings.HasSuffix(key, "On"), key == "date", key == "until":
					set(days[m.IntN(len(days))])
				default:
					set(short(hostile[m.IntN(len(hostile))], key))
				}
			case int64:
				set([]int64{0, -1, 1, 100, 101, 1 << 30, -(1 << 31)}[m.IntN(7)])
			case bool:
				set(!v)
			}
			if deleteIt != nil && m.IntN(2) == 0 {
				deleteIt()
			}
			if !m.decodes() {
				set(old)
			}
		}
	}
	switch h := holder.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(keys(h)) {
			old := h[key]
			try(key, func(v any) { h[key] = v }, old, func() { delete(h, key) })
			m.walk(h[key], rate)
		}
	case []any:
		for i := range h {
			old := h[i]
			try("", func(v any) { h[i] = v }, old, nil)
			m.walk(h[i], rate)
		}
	}
}

func keys(of map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range of {
			if !yield(key) {
				return
			}
		}
	}
}

func (m *mutation) object(item map[string]any, rate float64) map[string]any {
	m.root = (&unstructured.Unstructured{Object: item}).DeepCopy().Object
	switch item["kind"] {
	case "Objective":
		m.kind = &v1alpha1.Objective{}
	case "KeyResult":
		m.kind = &v1alpha1.KeyResult{}
	case "KPI":
		m.kind = &v1alpha1.KPI{}
	default:
		return m.root
	}
	for _, part := range []string{"spec", "status"} {
		m.walk(m.root[part], rate)
	}
	return m.root
}

var readings = [][]string{
	{"status"}, {"status", "-A"}, {"status", "-o", "json"}, {"tree"}, {"tree", "-A", "--key-results"}, {"tree", "-A", "--kpis"}, {"tree", "-A", "-o", "mermaid"}, {"tree", "-o", "json"},
	{"scorecard", "-A"}, {"scorecard", "-A", "-o", "markdown"}, {"scorecard", "--cycle", "2026-Q4"}, {"orphans", "-A"}, {"orphans"},
	{"report", "-A"}, {"report", "-A", "-o", "html"}, {"report", "-o", "json"}, {"digest", "-A"}, {"digest", "-A", "-o", "markdown"}, {"digest", "-A", "-o", "html"},
}

// Whatever is missing in the objects, or stands in them, no command that reads them panics, no text moves the cursor, and
// lines fit the screen.
func TestHostileObjects(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	namespaces := []string{"sales", "empty-and-of-a-name-that-is-longer-than-one-would-think", "platform", "web-agency", "marketing", "company"}
	for _, seed := range seeds() {
		random := rand.New(rand.NewPCG(seed, 5))
		m := &mutation{Rand: random}
		changed := recorded.Cluster{Time: cluster.Time.Add(time.Duration(random.IntN(400)-200) * 24 * time.Hour)}
		rate := []float64{0.02, 0.1, 0.4}[random.IntN(3)]
		for _, item := range cluster.Items {
			if random.IntN(8) > 0 {
				changed.Items = append(changed.Items, m.object(item, rate))
			}
		}
		served := changed.Client()
		namespace := namespaces[random.IntN(len(namespaces))]
		commands := slices.Clone(readings)
		for _, item := range changed.Items {
			u := unstructured.Unstructured{Object: item}
			if u.GetKind() == "Objective" && u.GetNamespace() == namespace {
				commands = append(commands, []string{"status", u.GetName()}, []string{"tree", u.GetName(), "--key-results"})
			}
		}
		for name, screen := range recorded.Screens() {
			for _, args := range commands {
				env, run := changed.Environment(namespace, screen, "")
				env.Cluster = func() (client.WithWatch, error) { return served, nil }
				what := fmt.Sprintf("seed %d, -n %s %s on screen %s", seed, namespace, strings.Join(args, " "), name)
				code := safely(what, func() int { return cli.Run(env, args) })
				if code != 0 && run.Err.Len() == 0 || code != 0 && run.Out.Len() > 0 {
					t.Errorf("%s: exit %d with %q and %d bytes of output", what, code, run.Err.String(), run.Out.Len())
				}
				look(t, what, args, screen, run.Out.String()+run.Err.String())
			}
		}
		if t.Failed() {
			t.Fatal("the seed that failed is above")
		}
	}
}

// seeds are some that once found something, or the first of as many as are asked for.
func seeds() []uint64 {
	found := []uint64{0, 7, 13, 112}
	n, err := strconv.Atoi(os.Getenv("HOSTILE_ROUNDS"))
	if err != nil {
		return found
	}
	for seed := range uint64(n) {
		found = append(found, seed)
	}
	return found
}

func safely(what string, run func() int) (code int) {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%s: %v", what, p))
		}
	}()
	return run()
}

func look(t *testing.T, what string, args []string, screen terminal.Screen, out string) {
	t.Helper()
	format := ""
	if i := slices.Index(args, "-o"); i >= 0 {
		format = args[i+1]
	} else if args[0] == "report" {
		format = "markdown"
	}
	if format == "json" {
		if !json.Valid([]byte(out)) && !strings.HasPrefix(out, "error:") {
			t.Errorf("%s: no JSON:\n%s", what, out)
		}
		return
	}
	bare := ansi.Strip(out)
	if !screen.Colour {
		bare = out
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(bare, "\n"), "\n") {
		if i := strings.IndexFunc(line, func(r rune) bool {
			return r < ' ' && (r != '\t' || format != "html") || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e
		}); i >= 0 {
			t.Errorf("%s: a control character: %q", what, line)
		}
		if format == "" && !screen.Unicode && strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s: not ASCII: %q", what, line)
		}
		if format == "" && terminal.Width(line) > screen.Width && !strings.HasPrefix(line, "error:") {
			t.Errorf("%s: %d columns: %q", what, terminal.Width(line), line)
		}
	}
	if acts := active[format]; acts != nil && acts.MatchString(out) {
		t.Errorf("%s: text that acts: %q", what, acts.FindString(out))
	}
}

// active is markup that a text brought along. In Markdown it is text behind a backslash.
var active = map[string]*regexp.Regexp{
	"html":     regexp.MustCompile(`<script>alert|href="javascript:`),
	"markdown": regexp.MustCompile(`[^\\](<script>alert|\]\(javascript:)`),
}
