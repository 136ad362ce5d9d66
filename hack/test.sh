#!/usr/bin/env bash
# Runs go test with the given arguments, with the race detector where there is a C compiler, and sums up.
set -euo pipefail

cd "$(dirname "$0")/.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT

compiler=$(go env CC)
if command -v "${compiler%% *}" >/dev/null; then
  export CGO_ENABLED=1
  race_flag=-race
  race="with the race detector"
else
  race_flag=
  race="WITHOUT the race detector, which needs a C compiler and there is none"
fi

echo "go test $race_flag $*"
echo "(compiling takes 3 minutes on two cores the first time; packages with real servers take a minute each)"
status=0
# Packages without tests say nothing worth reading.
go test ${race_flag:+"$race_flag"} -timeout 25m "$@" 2>&1 | tee "$out" | grep --line-buffered -v '\[no test files\]$' || status=${PIPESTATUS[0]}

# The controllers' tests share two cores with each other and with real servers, and wait for each step for a minute. One that
# fails in the crowd is run once more by itself, and said to have been. A race or a panic is not forgiven.
crowded=okr.dev/controller/controllers
failed=$(sed -n 's/^--- FAIL: \(Test[A-Za-z0-9_]*\) .*/\1/p' "$out" | sort -u | paste -sd '|' -)
if [ "$status" -ne 0 ] && [ -n "$failed" ] && ! grep -q -e 'DATA RACE' -e '^panic: ' "$out" &&
  [ "$(grep $'^FAIL\t' "$out" | cut -f2 | sort -u)" = "$crowded" ]; then
  echo "failed among the others, and now run again alone: $failed"
  status=0
  go test ${race_flag:+"$race_flag"} -timeout 10m "$crowded" -run "^($failed)\$" || status=$?
  [ "$status" -ne 0 ] || echo "they pass alone"
fi

count() { grep -c "$1" "$out" || true; }
echo
if grep -q -- '--- FAIL' "$out"; then
  echo "failed tests:"
  grep -- '--- FAIL' "$out"
fi
echo "tests: $(count '^ok ') packages ok, $(count $'^FAIL\t') failed, in $SECONDS s, $race"
exit "$status"
