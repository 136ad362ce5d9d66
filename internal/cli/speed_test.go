package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/util/workqueue"

	"okr.dev/controller/api/v1alpha1"
)

// many is how many goals a large organisation has.
const many = 10_000

var inNamespace = regexp.MustCompile(`"namespace":"([^"]+)"`)

// organisation fills the cluster with the recorded goals and their statuses, over and over, in namespaces of their own, until
// there are many. They are written into etcd as kube-apiserver stores them: creating them and writing each status takes it
// minutes.
var organisation = sync.OnceValue(func() error {
	type entry struct{ key, value string }
	var entries []entry
	for copied, total := 1, 0; total < many; copied++ {
		suffix := fmt.Sprintf("-%03d", copied)
		for _, item := range started.stored.Items {
			kind := item["kind"].(string)
			if kind == "MetricSource" {
				continue
			}
			written, err := json.Marshal(item)
			if err != nil {
				return err
			}
			metadata := item["metadata"].(map[string]any)
			name, key := metadata["name"].(string), "/registry/namespaces/"
			text := strings.ReplaceAll(string(written), metadata["uid"].(string), string(uuid.NewUUID()))
			if kind == "Namespace" {
				text = strings.Replace(text, `"name":"`+name+`"`, `"name":"`+name+suffix+`"`, 1)
				name += suffix
			} else {
				text = inNamespace.ReplaceAllString(text, `"namespace":"${1}`+suffix+`"`)
				key = "/registry/" + v1alpha1.GroupVersion.Group + "/" + strings.ToLower(kind) + "s/" + metadata["namespace"].(string) + suffix + "/"
				total++
			}
			entries = append(entries, entry{key + name, text})
		}
	}
	errs := make(chan error, 1)
	workqueue.ParallelizeUntil(context.Background(), 8, len(entries), func(i int) {
		if err := put(entries[i].key, entries[i].value); err != nil {
			select {
			case errs <- err:
			default:
			}
		}
	})
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
})

// put writes into etcd, whose API takes bytes in base64.
func put(key, value string) error {
	body, err := json.Marshal(map[string][]byte{"key": []byte(key), "value": []byte(value)})
	if err != nil {
		return err
	}
	response, err := http.Post("http://"+started.plane.EtcdAddress()+"/v3/kv/put", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("etcd: put %s: %s", key, response.Status)
	}
	return nil
}

// BenchmarkProcess is what a user waits for: `kubectl okr …` from its start to its end, in a cluster of 10,000 goals.
// median-ms is the time of the median run, and cpu-ms what the process computes, which a busy machine does not change much.
func BenchmarkProcess(b *testing.B) {
	c := running(b)
	if err := organisation(); err != nil {
		b.Fatal(err)
	}
	if _, err := build(); err != nil { // before the clock runs
		b.Fatal(err)
	}
	cases := []struct {
		line string
		rows int // at least
	}{
		{"--help", 20}, {"status --help", 10}, {"version", 3},
		{"tree -A", many / 8}, {"tree -A --key-results", many / 2}, {"tree -A --kpis", many / 4}, {"tree -A -o json", many},
		{"status -A", 20}, {"status -A -o json", many}, {"scorecard -A", many / 4}, {"orphans -A", 1}, {"report -A", many}, {"digest -A", many / 8},
		{"-n sales tree", 3}, {"-n sales status new-prospects", 20},
	}
	for _, tc := range cases {
		b.Run(strings.ReplaceAll(tc.line, " ", "_"), func(b *testing.B) {
			var took, computed []time.Duration
			for b.Loop() {
				var out, errOut bytes.Buffer
				cmd := c.kubectl(b, nil, strings.Fields(tc.line)...)
				cmd.Stdout, cmd.Stderr = &out, &errOut
				began := time.Now()
				err := cmd.Run()
				took = append(took, time.Since(began))
				computed = append(computed, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
				if err != nil || errOut.Len() > 0 || bytes.Count(out.Bytes(), []byte("\n")) < tc.rows {
					b.Fatalf("%v: %s, %d lines", err, errOut.String(), bytes.Count(out.Bytes(), []byte("\n")))
				}
			}
			b.ReportMetric(median(took), "median-ms")
			b.ReportMetric(median(computed), "cpu-ms")
		})
	}
}

// median is in milliseconds.
func median(of []time.Duration) float64 {
	slices.Sort(of)
	return float64(of[len(of)/2]) / float64(time.Millisecond)
}
