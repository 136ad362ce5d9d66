package sampler

import (
	"math"
	"time"
)

// instant is a point in time on the wall clock, in Unix nanoseconds. Not a time.Time: its monotonic reading
// stands still while a machine is suspended, and it is three times as large.
type instant int64

// never is later than every instant at which something happens.
const never instant = math.MaxInt64

func instantOf(t time.Time) instant { return instant(t.UnixNano()) }

func (i instant) time() time.Time { return time.Unix(0, int64(i)).UTC() }

func (i instant) add(d time.Duration) instant { return i + instant(d) }

func (i instant) sub(j instant) time.Duration { return time.Duration(i - j) }
