#!/usr/bin/env bash
# Checks what review should not have to: generated files, formatting, manifests, lint, sizes, names.
# Every check runs; the failed ones are named at the end. A dirty work tree is fine: generated files are compared
# with what they were before, not with a commit. They are regenerated in place, so a failure mends itself.
set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=()

# check NAME FUNCTION prints the name, and the function's output only if it fails.
check() {
  local began=$SECONDS
  printf '%-22s' "$1"
  if "$2" >"$work/out" 2>&1; then
    echo "ok   ($((SECONDS - began)) s)"
  else
    echo "FAILED"
    sed 's/^/    /' "$work/out"
    failed+=("$1")
  fi
}

# generated_files lists what hack/generate.sh writes.
generated_files() {
  find api config/crd/bases config/rbac/role.yaml config/prometheus/prometheusrule.yaml config/grafana/dashboards \
    config/gitops/schemas config/helm/okr-controller/files \
    -type f ! \( -path 'api/*' ! -name 'zz_generated*.go' \) 2>/dev/null || true
}

copy_generated() {
  mkdir -p "$1"
  generated_files | while IFS= read -r file; do
    mkdir -p "$1/$(dirname "$file")"
    cp "$file" "$1/$file"
  done
}

check_generated() {
  copy_generated "$work/before"
  hack/generate.sh || return 1
  copy_generated "$work/after"
  if ! diff -ruN "$work/before" "$work/after"; then
    echo "generated files were out of date; they are right now: review and commit them (make generate)"
    return 1
  fi
  # In a clean checkout a generated file that nobody committed would be missing for everyone else.
  local unknown
  unknown=$(generated_files | xargs git ls-files --others --ignored --exclude-standard --) || return 1
  if [[ -n $unknown ]]; then
    echo "generated files must not be ignored by git: $unknown"
    return 1
  fi
}

check_modules() { go mod tidy -diff; }

check_format() {
  local files
  files=$(hack/go-files.sh | xargs gofmt -l) || return 1
  if [[ -n $files ]]; then
    echo "not formatted (make fmt):"
    echo "$files"
    return 1
  fi
}

check_manifests() {
  local folder
  for folder in config/crd config/default config/controller config/prometheus; do
    bin/kustomize build "$folder" >/dev/null || return 1
  done
}

check_vet() { go vet ./...; }

check_lint() { bin/golangci-lint run; }

# A file holds one idea: at most 400 lines. Functions are held to 80 lines by funlen in .golangci.yml.
check_file_length() {
  local long
  long=$(hack/go-files.sh | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines, 400 at most" }')
  [[ -z $long ]] || { echo "$long"; return 1; }
}

# A package is named after what it knows, never after being used in several places.
check_package_names() {
  local bad
  bad=$(hack/go-files.sh | xargs grep -nE '^package (util|utils|common|shared|helper|helpers)(_test)?$' || true)
  [[ -z $bad ]] || { echo "$bad"; return 1; }
}

check "generated files" check_generated
check "go.mod and go.sum" check_modules
check "formatting" check_format
check "manifests" check_manifests
check "file length" check_file_length
check "package names" check_package_names
check "go vet" check_vet
check "lint" check_lint

if ((${#failed[@]})); then
  printf -v names '%s, ' "${failed[@]}"
  echo "verify: ${#failed[@]} failed: ${names%, }"
  exit 1
fi
echo "verify: all ok in $SECONDS s"
