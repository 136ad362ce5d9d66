#!/usr/bin/env bash
# Prints the Go files of this work tree that people wrote, tracked or new.
set -euo pipefail

cd "$(dirname "$0")/.."
git ls-files --cached --others --exclude-standard -- '*.go' | while IFS= read -r file; do
  [[ $file == *zz_generated* || ! -f $file ]] || echo "$file"
done
