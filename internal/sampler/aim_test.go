package sampler

import (
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestAimIsWhereTheSamplerAims(t *testing.T) {
	now := time.Date(2026, 11, 15, 12, 0, 7, 0, time.UTC)
	settings := Source{MinInterval: 30 * time.Second, QueryOffset: time.Minute}
	live := sample.Question{Source: "a", Query: "up", Interval: 10 * time.Second}
	past := sample.Question{Source: "a", Query: "up", At: now.Add(-10 * time.Minute).Unix(), Settle: 9 * time.Minute}
	compared := live
	compared.Offset = time.Hour
	at, interval, due := Aim(live, settings, now)
	if !due || interval != 30*time.Second || at.After(now.Add(-time.Minute)) || !at.Add(30*time.Second).After(now.Add(-time.Minute)) {
		t.Errorf("live: %v every %v, due %v; want the newest instant of the rhythm, a minute back, every 30s", at, interval, due)
	}
	if again, _, _ := Aim(live, settings, at.Add(time.Minute)); !again.Equal(at) {
		t.Errorf("the instant asked about is not one of its own rhythm: %v, then %v", at, again)
	}
	if next, _, _ := Aim(live, settings, at.Add(time.Minute+30*time.Second)); next.Sub(at) != 30*time.Second {
		t.Errorf("the next instant is %v after the first", next.Sub(at))
	}
	if at, _, _ := Aim(compared, settings, now); at.After(now.Add(-time.Hour - time.Minute)) {
		t.Errorf("a question about an hour ago is asked about %v", at)
	}
	if at, interval, due := Aim(past, settings, now); !due || interval != 0 || at.Unix() != past.At {
		t.Errorf("past: %v every %v, due %v; want its own instant, due", at, interval, due)
	}
	past.Settle = 10 * time.Minute
	if _, _, due := Aim(past, settings, now); due {
		t.Error("a past instant is due although its data, a minute late at this source, has not arrived")
	}
}
