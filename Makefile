# Everything is built from pinned Go modules: this needs Go, make and git, and nothing else.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := $(CURDIR)/bin
SERVERS := etcd kube-apiserver kubectl prometheus
# What GitOps repositories and clusters are checked with.
GITOPS_TOOLS := helm kustomize kubeconform promtool
ALL_TOOLS := $(SERVERS) $(GITOPS_TOOLS) controller-gen golangci-lint benchstat cyclonedx-gomod

# The image that `make deploy` and `make build-installer` name: none is published, so push your own.
IMG ?= okr-controller:v0.1.0
# The kubectl of install and deploy: your own if you have one, else the pinned one.
KUBECTL ?= $(if $(shell command -v kubectl),kubectl,$(BIN)/kubectl)
# Which benchmarks `make bench` runs, and how often: enough runs for benchstat to see noise.
BENCH ?= .
COUNT ?= 6
# How long `make test-soak` gives to each fuzz target.
export FUZZTIME ?= 60s
# What `make bench-scale` measures: N KPIs, DUP percent of them with a query that another one asks too, asked every
# INTERVAL, CHANGE percent of the values changing materially in an interval.
N ?= 10000
DUP ?= 0
INTERVAL ?= 60s
CHANGE ?= 0

# Tests find the real servers here; envtest reads the same variable.
export KUBEBUILDER_ASSETS ?= $(BIN)

# bin/NAME asks the script, which builds only what is missing or whose pin changed, and else says nothing.
.PHONY: FORCE
$(BIN)/%: FORCE
	@hack/build-tool.sh $*

tool = $(addprefix $(BIN)/,$(1))

##@ General

.PHONY: help
help: ## List every target
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build $(call tool,$(SERVERS)) ## Real servers, the controller and sample goals; Ctrl-C ends it (ONCE=1: check and exit)
	@exec $(BIN)/demo $(if $(filter 1 true yes,$(ONCE)),--once)

.PHONY: clean
clean: ## Delete the built controller, demo and bench, but not the tools, which take long
	rm -rf $(BIN)/manager $(BIN)/demo $(BIN)/bench-scale $(BIN)/kubectl-okr $(BIN)/bench.txt $(BIN)/profiles

.PHONY: clean-all
clean-all: ## Delete everything that was built, tools and servers included
	rm -rf $(BIN)

##@ Development

.PHONY: tools
tools: $(call tool,$(ALL_TOOLS)) ## Build the pinned tools and servers that are missing or out of date

.PHONY: generate
generate: $(call tool,controller-gen) ## Generate code, CRDs, roles, the PrometheusRule, dashboards, schemas, the chart's copies
	@hack/generate.sh

.PHONY: record
record: build $(call tool,$(SERVERS)) ## Record the demo's goals with their statuses, for the plugin's tests and documentation
	@$(BIN)/demo --once --record hack/recorded/cluster.json

.PHONY: docs
docs: $(BIN)/prometheus ## Fill in what the plugin's commands print, in README.md and docs/cli.md
	@go run ./hack/docs

.PHONY: fmt
fmt: ## Format Go code
	@gofmt -l -w $$(hack/go-files.sh)

.PHONY: lint
lint: $(call tool,golangci-lint) ## Run the linters
	@$(BIN)/golangci-lint run

.PHONY: verify
verify: $(call tool,controller-gen kustomize golangci-lint) ## Check generated files, formatting, manifests, lint and sizes
	@hack/verify.sh

.PHONY: test
test: build $(call tool,$(SERVERS) $(GITOPS_TOOLS) controller-gen) ## Run unit and integration tests against real servers, with the race detector
	@hack/test.sh ./...
	@echo; echo "ten thousand random schedules of faults, and random goals looked at every minute, without the race detector"
	@go test ./internal/oracle ./internal/evaluate

.PHONY: test-gitops
test-gitops: build $(call tool,$(SERVERS) $(GITOPS_TOOLS) controller-gen) ## Run the tests of what is installed: kustomize, chart, health, alerts, dashboards, policies
	@hack/test.sh ./hack/gitops/... ./hack/artifacts/...

.PHONY: test-faults
test-faults: $(call tool,$(SERVERS)) ## Run the tests of every fault and threat in docs/faults.md, and say which row is survived
	@go run ./hack/faults

.PHONY: test-soak
test-soak: $(call tool,$(SERVERS)) ## Fuzz for a minute each, churn, kill at every call, a million schedules: an hour (FUZZTIME=60s)
	@hack/soak.sh

.PHONY: bench
bench: $(call tool,benchstat $(SERVERS)) ## Run benchmarks and summarise them (BENCH=pattern COUNT=runs)
	@go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./internal/... ./controllers | tee $(BIN)/bench.txt
	@$(BIN)/benchstat $(BIN)/bench.txt

.PHONY: bench-scale
bench-scale: build $(call tool,etcd kube-apiserver kubectl) ## What N goals cost (N DUP INTERVAL CHANGE; PROFILE=1, RECORD=1: keep profiles, figures)
	@exec $(BIN)/bench-scale -n $(N) -dup $(DUP) -interval $(INTERVAL) -change $(CHANGE) \
	  $(if $(filter 1 true yes,$(PROFILE)),-profile $(BIN)/profiles) $(if $(filter 1 true yes,$(RECORD)),-record)

##@ Build

.PHONY: build
build: ## Build the controller, the plugin, the demo and the scale bench into bin/
	@hack/build.sh

.PHONY: plugin
plugin: ## Build the kubectl plugin into bin/: with that in PATH, `kubectl okr` runs it
	@go build -o $(BIN)/kubectl-okr ./cmd/kubectl-okr

# What a release is called, and where its files will be.
VERSION ?=
DOWNLOADS ?= https://okr.dev/releases

.PHONY: release
release: $(call tool,helm kustomize cyclonedx-gomod) ## Make a release's files in dist/ (VERSION=v0.1.0 IMG=registry/name DOWNLOADS=url)
	@go run ./hack/release -image '$(IMG)' -downloads '$(DOWNLOADS)' '$(VERSION)'

##@ Your own cluster

.PHONY: run
run: build ## Run the controller here, against the current kubeconfig
	@exec $(BIN)/manager

# What the targets below need: the pinned kubectl only where you have none.
APPLY_TOOLS := $(call tool,kustomize) $(filter $(BIN)/kubectl,$(KUBECTL))
# What `make undeploy` removes.
UNDEPLOY := $(if $(filter 1 true yes,$(ALL)),config/default,config/controller)

.PHONY: install
install: $(APPLY_TOOLS) ## Install the CRDs alone into the current cluster, for `make run`
	$(BIN)/kustomize build config/crd | $(KUBECTL) apply --server-side -f -

.PHONY: uninstall
uninstall: $(APPLY_TOOLS) ## Remove the CRDs, and with them every goal in the cluster
	$(BIN)/kustomize build config/crd | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: deploy
deploy: $(APPLY_TOOLS) ## Deploy CRDs, roles and the controller (IMG=registry/name:tag)
	hack/render.sh config/default $(IMG) | $(KUBECTL) apply --server-side -f -

.PHONY: undeploy
undeploy: $(APPLY_TOOLS) ## Remove the controller; CRDs, goals and Secrets stay (ALL=1: remove them too)
	$(BIN)/kustomize build $(UNDEPLOY) | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: build-installer
build-installer: $(call tool,kustomize) ## Render what deploy applies into one file, dist/install.yaml (IMG=registry/name:tag)
	@mkdir -p dist
	hack/render.sh config/default $(IMG) >dist/install.yaml
