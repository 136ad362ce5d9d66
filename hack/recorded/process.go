package recorded

import (
	"os"
	"os/exec"
	"testing"
)

// ofItsOwn says in the environment of a test's process that it is one of its own.
const ofItsOwn = "OKR_TEST_PROCESS"

// InProcess runs a test in a process of its own, because it changes something of the whole process, such as a limit. It
// returns true in that process; elsewhere false, once that process has ended and, if the test failed there, failed it here.
func InProcess(t *testing.T) bool {
	t.Helper()
	if os.Getenv(ofItsOwn) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), ofItsOwn+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}
