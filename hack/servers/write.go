package servers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"
)

// Series is a metric with its history. Space points at most 5 minutes apart, or an instant between two of them
// finds nothing: that is how far Prometheus looks back.
type Series struct {
	// Name is the metric's name.
	Name string
	// Labels are its labels. Give it those of the scrape, job and instance, where a scrape continues it.
	Labels map[string]string
	// Points are its values, in the order of time.
	Points []Point
}

// Point is one value at one time.
type Point struct {
	Time  time.Time
	Value float64
}

// How many points one request carries: about 200 kB of it.
const pointsPerWrite = 20000

// Write writes history. A point more than 10 minutes ahead of now is refused by Prometheus.
func (p *Prometheus) Write(ctx context.Context, series ...Series) error {
	var batch []prompb.TimeSeries
	room := pointsPerWrite
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := p.send(ctx, batch)
		batch, room = nil, pointsPerWrite
		return err
	}
	for _, s := range series {
		labels := s.wireLabels()
		for rest := s.Points; len(rest) > 0; {
			n := min(room, len(rest))
			batch = append(batch, prompb.TimeSeries{Labels: labels, Samples: wireSamples(rest[:n])})
			rest, room = rest[n:], room-n
			if room == 0 {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// wireLabels are all labels, the name among them, sorted as the protocol wants.
func (s Series) wireLabels() []prompb.Label {
	labels := []prompb.Label{{Name: model.MetricNameLabel, Value: s.Name}}
	for name, value := range s.Labels {
		labels = append(labels, prompb.Label{Name: name, Value: value})
	}
	slices.SortFunc(labels, func(a, b prompb.Label) int { return strings.Compare(a.Name, b.Name) })
	return labels
}

func wireSamples(points []Point) []prompb.Sample {
	samples := make([]prompb.Sample, len(points))
	for i, point := range points {
		samples[i] = prompb.Sample{Timestamp: point.Time.UnixMilli(), Value: point.Value}
	}
	return samples
}

func (p *Prometheus) send(ctx context.Context, batch []prompb.TimeSeries) error {
	message := prompb.WriteRequest{Timeseries: batch}
	raw, err := message.Marshal()
	if err != nil {
		return fmt.Errorf("encoding history: %w", err)
	}
	body := bytes.NewReader(snappy.Encode(nil, raw))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/api/v1/write", body)
	if err != nil {
		return fmt.Errorf("writing history: %w", err)
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	response, err := p.client.Do(request)
	if err != nil {
		return fmt.Errorf("writing history: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		answer, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
		return fmt.Errorf("writing history: Prometheus answered %s: %s", response.Status, bytes.TrimSpace(answer))
	}
	return nil
}
