#!/usr/bin/env bash
# Generates, in place: deep copies in api/, CRDs in config/crd/bases, the controller's roles in config/rbac/role.yaml; and from
# those and their sources the PrometheusRule, the dashboards, the JSON schemas and the chart's files.
set -euo pipefail

cd "$(dirname "$0")/.."
bin/controller-gen object paths=./api/...
bin/controller-gen crd paths=./api/... output:crd:artifacts:config=config/crd/bases
# The roles, in the cluster and in its own namespace, are what the +kubebuilder:rbac markers of the controllers ask for, and no more.
bin/controller-gen rbac:roleName=controller-manager-role paths=./controllers/... output:rbac:artifacts:config=config/rbac
go run ./hack/artifacts
