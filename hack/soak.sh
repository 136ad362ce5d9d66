#!/usr/bin/env bash
# Runs what takes too long for every change. Each part runs, whatever became of the others; the failed ones are named
# at the end. FUZZTIME is how long each fuzz target gets.
set -euo pipefail

cd "$(dirname "$0")/.."
: "${FUZZTIME:=60s}"
failed=()

part() {
  local name=$1 began=$SECONDS
  shift
  echo "=== $name"
  if "$@"; then
    echo "=== $name: ok in $((SECONDS - began)) s"
  else
    echo "=== $name: FAILED after $((SECONDS - began)) s"
    failed+=("$name")
  fi
}

# fuzz_targets prints PACKAGE TARGET for each. Packages without any are not even built: some start servers.
fuzz_targets() {
  local folder target
  git ls-files --cached --others --exclude-standard -- '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u |
    while IFS= read -r folder; do
      go test -list '^Fuzz' "./$folder" | grep '^Fuzz' | while IFS= read -r target; do
        echo "./$folder $target"
      done
    done
}

targets=$(fuzz_targets)
[[ -n $targets ]] || { echo "soak: no fuzz target was found" >&2; exit 1; }
while read -r package target; do
  # Making an interesting input short would take most of a minute where inputs are long.
  part "fuzz $target" go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1x "$package"
done <<<"$targets"

part "churn of 5,000 goals of each kind" \
  go test -count=1 -timeout 60m -v -run '^TestLeaksNothingOverAChurnOfGoals$' ./controllers -args -churn 5000
part "one changed leaf in an alignment graph of 10,000 goals" \
  go test -count=1 -timeout 30m -v -run '^TestGraphOfAlignment' ./controllers -args -graph 10000
part "killed at every call to the API server" \
  go test -count=1 -timeout 60m -run '^TestCrashAnywhereKilledAtAnAPICallEndsInTheSameStatus$' ./controllers -args -every-call
part "a million random schedules" \
  go test -count=1 -timeout 120m ./internal/oracle -args -schedules 1000000

echo
if ((${#failed[@]})); then
  printf -v names '%s, ' "${failed[@]}"
  echo "soak: ${#failed[@]} failed: ${names%, }"
  exit 1
fi
echo "soak: all ok in $SECONDS s"
