package report_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/report"
)

// pages are pages about everything that is recorded, and about goals that mean harm.
func pages(t *testing.T) map[string]string {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	set, err := goals.Read(t.Context(), cluster.Client(), goals.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	draw := func(name string, draw func(io.Writer) error) {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			t.Fatal(err)
		}
		found[name] = b.String()
	}
	for _, cycle := range cyclesOf(set) {
		d, err := report.Build(set, report.Limits{Cycle: cycle}, cluster.Time)
		if err != nil {
			t.Fatal(err)
		}
		draw(cycle, func(out io.Writer) error { return report.HTML(out, d) })
	}
	week := cluster.Time.AddDate(0, 0, -7)
	draw("digest", func(out io.Writer) error {
		return report.DigestHTML(out, report.BuildDigest(set, report.Limits{}, week, cluster.Time))
	})
	hostile := goals.New(hostileGoals())
	draw("hostile", func(out io.Writer) error { return report.HTML(out, build(t, report.Limits{}, hostileGoals()...)) })
	draw("hostile digest", func(out io.Writer) error {
		return report.DigestHTML(out, report.BuildDigest(hostile, report.Limits{}, now.AddDate(0, 0, -7), now))
	})
	return found
}

// cyclesOf are the cycles of a set.
func cyclesOf(set *goals.Set) []string {
	var cycles []string
	for _, o := range set.Objectives {
		if label := cmp.Or(o.Spec.Cycle, string(o.Spec.Period)); !slices.Contains(cycles, label) {
			cycles = append(cycles, label)
		}
	}
	return cycles
}

// evil is text that would be markup, a link or a command if it were let.
const evil = "<script>alert(1)</script> | `code` *bold* _it_ [a](javascript:alert(1)) ![x](https://evil.example/p.png) &lt; \x1b[31m\u202e\x00\\ \"'>\n# Heading\n- item\n\n| a | b |\n<img src=x onerror=alert(1)>"

func hostileGoals() []client.Object {
	o := objective("a", "2026-Q4", func(o *v1alpha1.Objective) {
		o.Spec.Title, o.Spec.Description, o.Spec.Rationale = evil, evil, evil
		o.Spec.Owner = &v1alpha1.Owner{Team: evil, Person: evil, Contact: "javascript:alert(1)"}
		o.Spec.Cycle = evil
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: evil, Namespace: evil}, {Name: "k"}}
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: evil}
		o.Spec.Actions = []v1alpha1.Action{
			{Title: evil, Owner: evil, URL: "javascript:alert(1)", DueOn: v1alpha1.Date(evil)}, {Title: "ok", URL: "https://git.example.com/a(b)|c?q=<x>"},
		}
		o.Spec.CheckIns = []v1alpha1.CheckIn{{Date: "2026-11-17", Note: evil, KeyResults: []v1alpha1.KeyResultCheckIn{{Name: evil, Value: decimal(evil)}}}}
		score := v1alpha1.Score(evil)
		o.Spec.Review = &v1alpha1.Review{Outcome: evil, Learned: evil, Score: &score}
		o.Status.Health, o.Status.Final = v1alpha1.Health(evil), &v1alpha1.Final{Score: evil, Grade: v1alpha1.Grade(evil)}
		o.Status.Conditions = append(o.Status.Conditions, says(v1alpha1.OnTrackCondition, "False", "Behind", evil, now), says(v1alpha1.WellFormedCondition, "False", "X", evil, now))
	})
	kr := keyResult("r", "a", func(kr *v1alpha1.KeyResult) {
		kr.Spec.Title, kr.Spec.Unit = evil, evil
		kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal(evil), Target: decimal("1e308"), Replanned: []v1alpha1.Replan{{Date: v1alpha1.Date(evil), From: decimal(evil), Reason: evil}}}
		kr.Status.Value, kr.Status.Target, kr.Status.Baseline = evil, evil, "-1e308 "+evil
		kr.Status.History = []v1alpha1.HistoryPoint{{Value: "NaN", Time: longAgo}, {Value: "-1.7e308", Time: longAgo}, {Value: "1.7e308", Time: says("", "", "", "", now).LastTransitionTime}, {Value: evil}}
	})
	k := kpi("k", func(k *v1alpha1.KPI) {
		k.Spec.Title, k.Status.Value, k.Status.Target, k.Status.Health = evil, evil, evil, v1alpha1.KPIHealth(evil)
	})
	return []client.Object{o, kr, k}
}

// void are the elements that have no end.
var void = []atom.Atom{atom.Meta, atom.Br, atom.Link, atom.Img, atom.Input, atom.Hr}

// TestPagesAreWhole holds that pages are well-formed, need no network, run nothing, and mean what their labels say.
func TestPagesAreWhole(t *testing.T) {
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			balanced(t, page)
			root, err := html.Parse(strings.NewReader(page))
			if err != nil {
				t.Fatal(err)
			}
			ids, refs := map[string]bool{}, []string{}
			var headings []int
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				inspect(t, n)
				if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
					headings = append(headings, int(n.Data[1]-'0'))
				}
				for _, a := range n.Attr {
					switch a.Key {
					case "id":
						if ids[a.Val] || a.Val == "" || strings.ContainsAny(a.Val, " \t\n") {
							t.Errorf("the id %q is not unique, or none", a.Val)
						}
						ids[a.Val] = true
					case "aria-labelledby":
						refs = append(refs, strings.Fields(a.Val)...)
					case "href":
						if inside, ok := strings.CutPrefix(a.Val, "#"); ok {
							refs = append(refs, inside)
						}
					}
				}
			}
			for _, ref := range refs {
				if !ids[ref] {
					t.Errorf("%q refers to nothing", ref)
				}
			}
			for i, level := range headings {
				if i == 0 && level != 1 || i > 0 && level > headings[i-1]+1 {
					t.Errorf("headings %v: a level is left out at %d", headings, i)
					break
				}
			}
		})
	}
}

// inspect holds that an element neither loads nor runs anything.
func inspect(t *testing.T, n *html.Node) {
	t.Helper()
	switch n.DataAtom {
	case atom.Script, atom.Link, atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Form, atom.Base, atom.Video, atom.Audio:
		t.Errorf("a <%s> on the page", n.Data)
	case atom.Style:
		css := n.FirstChild.Data
		if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
			t.Error("the style sheet loads something")
		}
		if hash := sha256.Sum256([]byte(css)); !strings.Contains(policy(root(n)), "'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'") {
			t.Error("the policy does not admit the style sheet: browsers would not use it")
		}
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcset", a.Key == "xlink:href":
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		case a.Key == "href" && (n.DataAtom != atom.A || !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://")):
			t.Errorf("<%s href=%q>", n.Data, a.Val)
		}
	}
}

func root(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func policy(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Meta && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Val == "Content-Security-Policy" }) {
			for _, a := range n.Attr {
				if a.Key == "content" {
					return a.Val
				}
			}
		}
	}
	return ""
}

// balanced holds that every element ends where it should: parsers of HTML mend what does not, each in its own way.
func balanced(t *testing.T, page string) {
	t.Helper()
	if strings.ContainsAny(page, "\x00\x1b\u202e") {
		t.Error("control characters on the page")
	}
	z := html.NewTokenizer(strings.NewReader(page))
	var open []string
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) || len(open) > 0 {
				t.Errorf("%v, not closed: %v", z.Err(), open)
			}
			return
		case html.StartTagToken:
			token := z.Token()
			if !slices.Contains(void, token.DataAtom) {
				open = append(open, token.Data)
			}
			keys := map[string]bool{}
			for _, a := range token.Attr {
				if keys[a.Key] {
					t.Errorf("<%s> has two attributes %s", token.Data, a.Key)
				}
				keys[a.Key] = true
			}
		case html.EndTagToken:
			token := z.Token()
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> where %v is open", token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// TestChartsSayWhatTheyShow holds that a picture has words for those who do not see it.
func TestChartsSayWhatTheyShow(t *testing.T) {
	at := func(month time.Month, day int) metav1.Time {
		return metav1.Date(2026, month, day, 9, 0, 0, 0, time.UTC)
	}
	history := []v1alpha1.HistoryPoint{{Time: at(10, 5), Value: "800"}, {Time: at(11, 2), Value: "650"}, {Time: at(11, 9), Value: "unreadable"}}
	cases := map[string]struct {
		reason string
		change func(*v1alpha1.KeyResult)
		want   string
	}{
		"reach": {"the line that it should follow ends where it passes", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach, kr.Status.Baseline, kr.Status.History = &v1alpha1.Reach{Target: decimal("300")}, "800 ms", history
			kr.Status.Measurement = &v1alpha1.Measurement{Value: "600.04", Time: at(11, 16)}
		}, "From 800 ms on 2026-10-05 to 600 ms on 2026-11-16, 3 values. Expected: from 800 ms to 450 ms. Target 300 ms"},
		"maintain": {"the band that it should stay in", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Maintain, kr.Status.History = &v1alpha1.Maintain{AtLeast: decimal("600"), AtMost: decimal("900")}, history
		}, "From 800 ms on 2026-10-05 to 650 ms on 2026-11-02, 2 values. At least 600 ms. At most 900 ms"},
		"one value": {"a dot", func(kr *v1alpha1.KeyResult) { kr.Status.History = history[:1] }, "800 ms on 2026-10-05"},
		"final": {"what is final is the last word", func(kr *v1alpha1.KeyResult) {
			kr.Status.History, kr.Status.Final = history[:1], &v1alpha1.Final{Value: "310", Time: at(12, 31)}
			kr.Status.Measurement = &v1alpha1.Measurement{Value: "1", Time: at(12, 30)}
		}, "From 800 ms on 2026-10-05 to 310 ms on 2026-12-31, 2 values"},
		"none": {"no picture of nothing", func(*v1alpha1.KeyResult) {}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			kr := keyResult("r", "a", func(kr *v1alpha1.KeyResult) { kr.Spec.Unit = "ms" }, c.change)
			d := build(t, report.Limits{}, kr, objective("a", "2026-Q4", func(o *v1alpha1.Objective) { o.Spec.Ambition = v1alpha1.AmbitionAspirational }))
			var page bytes.Buffer
			if err := report.HTML(&page, d); err != nil {
				t.Fatal(err)
			}
			if got := description(t, page.String()); got != c.want {
				t.Errorf("%s: %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

// description is that of the first chart on a page; empty if there is none. It fails if the chart has no title.
func description(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data == "desc" {
			if n.PrevSibling == nil || n.PrevSibling.Data != "title" || content(n.PrevSibling) == "" {
				t.Error("a chart without a title")
			}
			return content(n)
		}
	}
	return ""
}
