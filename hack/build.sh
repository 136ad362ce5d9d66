#!/usr/bin/env bash
# Builds the controller and the demo into bin/. Says so when it takes more than two seconds.
set -euo pipefail

cd "$(dirname "$0")/.."
mkdir -p bin

(
  sleep 2
  echo "building the controller and the demo (usually 2 minutes on two cores, the first time)…"
) &
notice=$!
trap 'kill "$notice" 2>/dev/null || true' EXIT

began=$SECONDS
go build -o bin/manager .
go build -o bin/demo ./hack/demo
((SECONDS - began < 2)) || echo "built the controller and the demo in $((SECONDS - began)) s"
