#!/usr/bin/env bash
# Builds tools and servers into bin/, from the versions pinned in hack/tools/*/go.mod.
#
#   hack/build-tool.sh etcd kubectl ...
#
# A tool is built when it is missing or when its pin changed, and a line says so; otherwise nothing is printed.
# bin/.NAME.pin keeps the hash of what the binary was built from.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
bin=$root/bin
build_log=

# describe NAME sets module (a folder of hack/tools), package, usual (the build's time on two cores, cold) and flags.
describe() {
  flags=(-trimpath -buildvcs=false)
  case $1 in
    kube-apiserver) module=kubernetes package=k8s.io/kubernetes/cmd/kube-apiserver usual="7 minutes" ;;
    kubectl) module=kubernetes package=k8s.io/kubernetes/cmd/kubectl usual="1 minute" ;;
    etcd) module=etcd package=go.etcd.io/etcd/server/v3 usual="1 minute" ;;
    prometheus) module=prometheus package=github.com/prometheus/prometheus/cmd/prometheus usual="5 minutes" ;;
    promtool) module=prometheus package=github.com/prometheus/prometheus/cmd/promtool usual="1 minute" ;;
    controller-gen) module=controller-gen package=sigs.k8s.io/controller-tools/cmd/controller-gen usual="1 minute" ;;
    kustomize) module=kustomize package=sigs.k8s.io/kustomize/kustomize/v5 usual="1 minute" ;;
    helm) module=helm package=helm.sh/helm/v3/cmd/helm usual="2 minutes" ;;
    kubeconform) module=kubeconform package=github.com/yannh/kubeconform/cmd/kubeconform usual="20 seconds" ;;
    cyclonedx-gomod) module=cyclonedx-gomod package=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod usual="30 seconds" ;;
    golangci-lint) module=golangci-lint package=. usual="3 minutes" ;;
    benchstat) module=benchstat package=golang.org/x/perf/cmd/benchstat usual="10 seconds" ;;
    *)
      echo "build-tool: unknown tool \"$1\"" >&2
      exit 2
      ;;
  esac
}

# pin prints the hash of everything that decides what the binary is.
pin() {
  local dir=$root/hack/tools/$module
  {
    cat "$dir/go.mod" "$dir/go.sum"
    find "$dir" -name '*.go' -exec cat {} +
    case $module in
      # These two read Go code, and must have been built by the Go that compiles it.
      controller-gen | golangci-lint) go env GOVERSION ;;
    esac
  } | git hash-object --stdin
}

# version_flags gives Kubernetes' binaries the version they were built from; without it kubectl reports v0.0.0.
version_flags() {
  local version
  [[ $module == kubernetes ]] || return 0
  version=$(GOWORK=off go list -C "$root/hack/tools/kubernetes" -m -f '{{.Version}}' k8s.io/kubernetes)
  printf '%s' "-X k8s.io/component-base/version.gitVersion=$version"
}

build() {
  local name=$1 began=$SECONDS
  echo "building $name (usually $usual on two cores, once)…"
  # A server needs no C: built without it, the binary is the same on every machine.
  if ! CGO_ENABLED=0 GOWORK=off go build -C "$root/hack/tools/$module" "${flags[@]}" \
    -ldflags "-s -w $(version_flags)" -o "$bin/.$name.new" "$package" 2>"$build_log"; then
    cat "$build_log" >&2
    echo "build-tool: $name was not built; what Go said is above" >&2
    exit 1
  fi
  mv "$bin/.$name.new" "$bin/$name"
  echo "built $name in $((SECONDS - began)) s"
}

mkdir -p "$bin"
build_log=$(mktemp)
trap 'rm -f "$build_log"' EXIT

for name in "$@"; do
  describe "$name"
  want=$(pin)
  if [[ ! -x $bin/$name || $(cat "$bin/.$name.pin" 2>/dev/null || true) != "$want" ]]; then
    build "$name"
    echo "$want" >"$bin/.$name.pin"
  fi
done
