#!/usr/bin/env bash
# Prints what a folder of config/ renders, with an image in place of the controller's: hack/render.sh config/default registry/name:tag
# It does with kustomize what a kustomization of your own would do, so that nothing in the repository changes.
set -euo pipefail

cd "$(dirname "$0")/.."
folder=$1 image=$2 root=$PWD
mkdir -p dist
overlay=$(mktemp -d dist/overlay.XXXXXX)
trap 'rm -rf "$root/$overlay"' EXIT

cd "$overlay"
"$root/bin/kustomize" create --resources "../../$folder"
"$root/bin/kustomize" edit set image "okr-controller=$image"
"$root/bin/kustomize" build .
