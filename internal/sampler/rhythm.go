package sampler

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"okr.dev/controller/internal/sample"
)

// shortestInterval is the shortest interval a metric or a source may have, longestInterval the longest that is kept to:
// a longer one, stretched, would not fit into a time.Duration, and lie in the past.
const shortestInterval, longestInterval = time.Second, 10 * 365 * 24 * time.Hour

// rhythm is the sequence of instants k·interval + phase since the Unix epoch. It depends on the question and
// the interval alone, so that two replicas, or one before and after a restart, ask about the same instants.
type rhythm struct{ interval, phase time.Duration }

// rhythmOf spreads questions of one interval over it by their fingerprints, in whole seconds if it is whole
// seconds, else in milliseconds, which is as fine as Prometheus tells time.
func rhythmOf(fingerprint uint64, interval time.Duration) rhythm {
	unit := time.Second
	if interval%unit != 0 {
		unit = time.Millisecond
	}
	steps := uint64(interval / unit) // Never negative: an interval is at least a second.
	return rhythm{interval: interval, phase: time.Duration(fingerprint%steps) * unit}
}

// latest returns the last instant of the rhythm that is not after t.
func (r rhythm) latest(t instant) instant {
	past := t.add(-r.phase) % instant(r.interval)
	if past < 0 {
		past += instant(r.interval)
	}
	return t - past
}

// after returns the first instant of the rhythm after t.
func (r rhythm) after(t instant) instant { return r.latest(t).add(r.interval) }

// fingerprint is a number made of q's fields, the same in every process and version: other fingerprints would move all
// questions to other instants. From is left out: it moves on as a range is taken note of, and the rhythm stays. SHA-256
// because all its bits are even, FNV's lower ones are not.
func fingerprint(q sample.Question) uint64 {
	fields := make([]byte, 0, 512)
	for _, text := range []string{
		q.Source, q.Query, q.Namespace, q.Tenant.Label, q.Tenant.LabelValue, q.Tenant.Header, q.Tenant.HeaderValue,
	} {
		fields = binary.AppendUvarint(fields, uint64(len(text)))
		fields = append(fields, text...)
	}
	for _, number := range []int64{
		int64(q.Window), q.Start, int64(q.Interval), q.At, int64(q.Settle), int64(q.Lookback),
	} {
		fields = binary.AppendVarint(fields, number)
	}
	if q.Offset != 0 || q.Step != 0 { // the others keep the fingerprints that they had before there were these
		fields = binary.AppendVarint(binary.AppendVarint(fields, int64(q.Offset)), int64(q.Step))
	}
	sum := sha256.Sum256(fields)
	return binary.BigEndian.Uint64(sum[:])
}
