package status_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
)

// followed is a run of status -w on a cluster that the test changes.
type followed struct {
	t      *testing.T
	client client.WithWatch
	cancel context.CancelFunc
	ended  chan error

	mu      sync.Mutex
	printed bytes.Buffer
	seen    int
	more    chan struct{}
	// watches are those that are open, by what they watch; refused is what the next ones are answered with.
	watches map[string]watch.Interface
	opened  chan string
	refused error
}

func (f *followed) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.printed.Write(p)
	select {
	case f.more <- struct{}{}:
	default:
	}
	return n, err
}

// patience is how long a test waits for what must come: far longer than it takes.
const patience = time.Minute

// await waits until a text is printed after what was seen before, and returns everything up to there.
func (f *followed) await(text string) string {
	f.t.Helper()
	patient := time.After(patience)
	for {
		f.mu.Lock()
		fresh := f.printed.String()[f.seen:]
		at := strings.Index(fresh, text)
		if at >= 0 {
			f.seen += at + len(text)
		}
		f.mu.Unlock()
		if at >= 0 {
			return fresh[:at+len(text)]
		}
		select {
		case <-f.more:
		case err := <-f.ended:
			f.t.Fatalf("it ended with %v before it printed %q:\n%s", err, text, fresh)
		case <-patient:
			f.t.Fatalf("it did not print %q:\n%s", text, fresh)
		}
	}
}

// watching waits until all three kinds are being watched: the fake client tells nothing of what was before.
func (f *followed) watching() {
	f.t.Helper()
	patient := time.After(patience)
	open := map[string]bool{}
	for len(open) < 3 {
		select {
		case kind := <-f.opened:
			open[kind] = true
		case <-patient:
			f.t.Fatalf("only %v are watched", open)
		}
	}
}

func kindOf(list client.ObjectList) string {
	switch list.(type) {
	case *v1alpha1.ObjectiveList:
		return "objectives"
	case *v1alpha1.KeyResultList:
		return "keyresults"
	default:
		return "kpis"
	}
}

func followStatus(t *testing.T, namespace string, screen terminal.Screen, args ...string) *followed {
	t.Helper()
	cluster := troubled(t)
	f := &followed{
		t: t, ended: make(chan error, 1), more: make(chan struct{}, 1), opened: make(chan string, 100), watches: map[string]watch.Interface{},
	}
	f.client = interceptor.NewClient(cluster.client, interceptor.Funcs{
		Watch: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) (watch.Interface, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.refused != nil {
				return nil, f.refused
			}
			w, err := c.Watch(ctx, list, options...)
			f.watches[kindOf(list)] = w
			f.opened <- kindOf(list)
			return w, err
		},
	})
	env, _ := cluster.Environment(namespace, screen, "")
	env.Out, env.ErrOut = f, f
	env.Cluster = func() (client.WithWatch, error) { return f.client, nil }
	cmd := quiet(env, append(args, "-w"))
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(t.Context())
	t.Cleanup(f.cancel)
	go func() { f.ended <- cmd.ExecuteContext(ctx) }()
	return f
}

// end ends the run as Ctrl-C does.
func (f *followed) end() string {
	f.t.Helper()
	f.cancel()
	select {
	case err := <-f.ended:
		if err != nil {
			f.t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		f.t.Fatal("it did not end")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.printed.String()[f.seen:]
}

// measure writes a new value into the status of a key result, as the controller does.
func (f *followed) measure(value string, progress int32) {
	f.t.Helper()
	kr := &v1alpha1.KeyResult{}
	f.do(f.client.Get(f.t.Context(), client.ObjectKey{Namespace: "sales", Name: "satisfaction"}, kr))
	kr.Status.Value, kr.Status.ProgressPercent = value, &progress
	f.do(f.client.Update(f.t.Context(), kr))
}

func (f *followed) do(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

var plain = terminal.Screen{Width: 100, Unicode: true}

func TestWatchPrintsAnotherBlockAndSaysWhatChanged(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "sales", plain, "new-prospects")
	f.await("Practice")
	f.watching()
	f.measure("8.5 of 10", 155)
	block := f.await("Practice")
	for _, want := range []string{"── 2026-11-26T01:20:49Z ──", "● Changed at 01:20:49", "• satisfaction: value 8.5 of 10, was ", "● satisfaction "} {
		if !strings.Contains(block, want) {
			t.Errorf("the block has no %q:\n%s", want, block)
		}
	}
	if strings.Contains(block, "● closed-deals") {
		t.Errorf("what did not change is marked:\n%s", block)
	}
	f.measure("8.6 of 10", 160)
	if block := f.await("Practice"); !strings.Contains(block, "satisfaction: value 8.6 of 10, was 8.5 of 10") {
		t.Errorf("the second block does not say what changed since the first:\n%s", block)
	}
	f.end()
}

func TestWatchOfASummary(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "default", plain, "-A")
	f.await("Not shown:")
	f.watching()
	o := &v1alpha1.Objective{}
	f.do(f.client.Get(t.Context(), client.ObjectKey{Namespace: "sales", Name: "new-prospects"}, o))
	o.Status.Health = v1alpha1.HealthOffTrack
	f.do(f.client.Update(t.Context(), o))
	block := f.await("Not shown:")
	for _, want := range []string{"sales/new-prospects: health OffTrack, was OnTrack", "✘ OffTrack ● sales/new-prospects", "● new-prospects"} {
		if !strings.Contains(block, want) {
			t.Errorf("the block has no %q:\n%s", want, block)
		}
	}
	f.end()
}

func TestWatchSeesAnObjectiveGoAndComeBack(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "sales", plain, "new-prospects")
	f.await("Practice")
	f.watching()
	o := &v1alpha1.Objective{}
	f.do(f.client.Get(t.Context(), client.ObjectKey{Namespace: "sales", Name: "new-prospects"}, o))
	f.do(f.client.Delete(t.Context(), o))
	f.await("waiting for it")
	o.ResourceVersion = ""
	f.do(f.client.Create(t.Context(), o))
	if block := f.await("Practice"); !strings.Contains(block, "sales/new-prospects") {
		t.Errorf("it is not shown again:\n%s", block)
	}
	f.end()
}

func TestWatchGoesOn(t *testing.T) {
	t.Parallel() // it waits more than it works
	for _, c := range []struct {
		reason string
		sever  func(w watch.Interface)
	}{
		{"the server ends a watch, as it does every few minutes", func(w watch.Interface) { w.Stop() }},
		{"the server has forgotten what happened since", func(w watch.Interface) {
			gone := apierrors.NewResourceExpired("too old resource version")
			w.(*watch.RaceFreeFakeWatcher).Error(&gone.ErrStatus)
			w.Stop()
		}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := followStatus(t, "sales", plain, "new-prospects")
			f.await("Practice")
			f.watching()
			f.mu.Lock()
			broken := f.watches["keyresults"]
			f.mu.Unlock()
			c.sever(broken)
			for kind := ""; kind != "keyresults"; {
				select {
				case kind = <-f.opened:
				case <-time.After(patience):
					t.Fatal("it is not watched again")
				}
			}
			f.measure("8.5 of 10", 155)
			f.await("satisfaction: value 8.5 of 10")
			f.end()
		})
	}
}

// What was seen last is shown, and that it may be old: never as if it were still so.
func TestWatchSaysThatItIsNotLive(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "sales", plain, "new-prospects")
	f.await("Practice")
	f.watching()
	f.mu.Lock()
	f.refused = errors.New("connection refused")
	broken := f.watches["objectives"]
	f.mu.Unlock()
	broken.Stop()
	block := f.await("Practice")
	if !strings.Contains(block, "Not live") || !strings.Contains(block, "does not tell what changes") {
		t.Errorf("it does not say that it is not live:\n%s", block)
	}
	f.mu.Lock()
	f.refused = nil
	f.mu.Unlock()
	if block := f.await("Practice"); strings.Contains(block, "Not live") || !strings.Contains(block, "Live again") {
		t.Errorf("it is live again, and does not say so:\n%s", block)
	}
	f.end()
}

func TestWatchDrawsInPlaceOnATerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	screen := plain
	screen.Interactive, screen.Colour = true, true
	f := followStatus(t, "sales", screen, "new-prospects")
	first := f.await("Ctrl-C ends")
	if !strings.Contains(first, "\x1b[?1049h") || !strings.Contains(first, "\x1b[H") {
		t.Errorf("it does not draw on the other screen: %q", first[:min(200, len(first))])
	}
	f.watching()
	f.measure("8.5 of 10", 155)
	second := f.await("Ctrl-C ends")
	if strings.Contains(second, "\x1b[?1049h") || !strings.Contains(second, "\x1b[H") {
		t.Errorf("it does not draw in place: %q", second[:min(200, len(second))])
	}
	if !strings.Contains(second, "8.5 of 10, was") {
		t.Errorf("it does not say what changed:\n%s", second)
	}
	rest := f.end()
	left := strings.Index(rest, "\x1b[?1049l")
	if left < 0 || !strings.Contains(rest, "\x1b[?25h") {
		t.Errorf("the terminal is not restored: %q", rest)
	} else if !strings.Contains(rest[left:], "8.5 of 10") {
		t.Errorf("what was seen last does not stay: %q", rest[left:])
	}
}

func TestWatchWritesJSONLines(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "sales", plain, "new-prospects", "-o", "json")
	f.await("}\n")
	f.watching()
	f.measure("8.5 of 10", 155)
	line := f.await("}\n")
	if !strings.HasPrefix(line, `{"kind":"ObjectiveStatus"`) || !strings.Contains(line, `"value":"8.5 of 10"`) {
		t.Errorf("the line is %s", line)
	}
	f.end()
}

func TestWatchOfWhatIsNotThereFails(t *testing.T) {
	t.Parallel() // it waits more than it works
	f := followStatus(t, "sales", plain, "nix")
	select {
	case err := <-f.ended:
		if err == nil || !strings.Contains(err.Error(), `no objective "nix"`) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it did not end")
	}
}
