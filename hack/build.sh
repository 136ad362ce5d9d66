#!/usr/bin/env bash
# Builds the controller, the plugin, the demo and the scale bench into bin/. Says so when it takes more than two seconds.
set -euo pipefail

cd "$(dirname "$0")/.."
mkdir -p bin

(
  sleep 2
  echo "building the controller, the plugin, the demo and the bench (usually 3 minutes on two cores, the first time)…"
) &
notice=$!
trap 'kill "$notice" 2>/dev/null || true' EXIT

began=$SECONDS
go build -o bin/manager .
go build -o bin/kubectl-okr ./cmd/kubectl-okr
go build -o bin/demo ./hack/demo
go build -o bin/bench-scale ./hack/bench
((SECONDS - began < 2)) || echo "built the controller, the plugin, the demo and the bench in $((SECONDS - began)) s"
