# Tributary's commands. Install Go, Node.js and make first. The commands install
# everything else that they need.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

export CDK_DISABLE_CLI_TELEMETRY := true
# jsii prints a warning at each start if Node.js is past its end of life. The README
# says which version to install, so the warning is turned off.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# The AWS SDK in the CDK CLI prints such a warning, too.
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED := true
export NPM_CONFIG_UPDATE_NOTIFIER := false
# Without this setting, each test binary with the race detector sleeps for a second at its
# end.
export GORACE := atexit_sleep_ms=0

CDK := node_modules/.bin/cdk
PROGRESS := scripts/with-progress
# The function is built with these flags, too. So Go compiles the packages that the
# command, the CDK app and the function share only once.
GO_BUILD := CGO_ENABLED=0 go build -trimpath
# The race detector needs a C compiler. Without one, tests run without the detector.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race)
# Packages that start jsii. Their tests run one after another and without the race
# detector, since it reports races in jsii itself.
JSII_PACKAGES := ./constructs/... ./infra/... ./examples/... ./internal/synthtest

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build/tributary build/infra ## Run the lab on this machine, without an AWS account
	@scripts/demo

.PHONY: synth
synth: build/infra ## Synthesize the lab's stack into cdk.out
	@$(PROGRESS) "Synthesizing, and checking against CDK's rules" $(CDK) synth --quiet --no-notices --app build/infra $(CONTEXT)

.PHONY: deploy
deploy: synth ## Deploy the lab's stack to AWS, with your default credentials
	@$(CDK) deploy --no-notices --app cdk.out $(ARGS)

.PHONY: destroy
destroy: synth ## Remove the lab's stack from AWS
	@$(CDK) destroy --no-notices --app cdk.out $(ARGS)

.PHONY: test
test: node_modules bench/node/node_modules go-modules ## Run the tests
	@$(PROGRESS) "Testing, with the race detector where there is a C compiler" \
	  go test $(RACE) -shuffle=on $$(go list ./... | grep -v -e /constructs/ -e /infra -e /examples -e /synthtest)
	@CDK_VALIDATION=false $(PROGRESS) "Testing constructs and stack" go test -p 1 $(JSII_PACKAGES)

.PHONY: faults
faults: node_modules go-modules ## Inject 1,000 faults into the function, and check the database after each; ARGS="-seed 7 -seeds 1" repeats one run
	@go run ./internal/faults/cmd $(ARGS)

.PHONY: attack
attack: build/tributary ## Attack the local twin, and check that it refuses everything; TRIBUTARY=FILE attacks another build
	@go run ./internal/attack/cmd $(if $(TRIBUTARY),-tributary $(TRIBUTARY)) $(ARGS)

.PHONY: embed
embed: node_modules go-modules ## Use Tributary in another module, and deploy that module's stack on the local twin
	@go run ./internal/embed

.PHONY: browser
browser: node_modules go-modules internal/watch/e2e/node_modules ## Test the page of tributary watch in Chromium; writes docs/images
	@$(PROGRESS) "Driving the page in a browser (over a minute)" go test -count=1 -tags browser ./internal/watch/e2e

.PHONY: lint
lint: go-modules build/golangci-lint ## Check formatting and style
	@$(PROGRESS) "Linting" build/golangci-lint run --build-tags browser
	@build/golangci-lint fmt --diff

.PHONY: bench
bench: build/tributary build/infra build/emptyapp bench/node/node_modules internal/watch/e2e/node_modules ## Run the benchmarks; ONLY=stack runs one group; BEFORE=FILE compares the twin with an older build
	@$(PROGRESS) "Measuring; each side of a pair several times" go run ./bench $(if $(ONLY),-only $(ONLY)) $(if $(BEFORE),-before $(BEFORE))

.PHONY: grammar
grammar: | tools ## Parse every planned statement with Redshift's grammar
	@cd internal/grammar && ../../$(PROGRESS) "Parsing every plan (the parser takes a minute and a half to compile, once)" go test -count=1 ./...

.PHONY: templates
templates: go-modules internal/templatecheck/node_modules ## Run cfn-lint, checkov, cfn-guard and cdk-nag, and compare their findings with docs/security.md
	@$(PROGRESS) "Checking the templates" go run ./internal/templatecheck

.PHONY: iam
iam: node_modules go-modules internal/iamcheck/node_modules build/policysentry ## Check IAM policies with policy_sentry and iam-simulate; it needs Python 3
	@$(PROGRESS) "Checking IAM" go run ./internal/iamcheck

.PHONY: mutate
mutate: go-modules build/gremlins ## Change the code in small ways, and see whether tests notice; PACKAGES="./internal/watch" takes others
	@go run ./internal/mutate $(PACKAGES)

.PHONY: ci
ci: lint test ## Run the checks that every change must pass; .ci/run installs what they need and runs them
	@scripts/ci

.PHONY: ci-long
ci-long: build/tributary ## Run the checks that take longer; needs Maven and a JDK
	@scripts/ci-long

.PHONY: clean
clean: ## Remove all build results
	@rm -rf build cdk.out

# Files and tools that the commands above need.

.PHONY: tools
tools:
	@scripts/check-tools

node_modules: package-lock.json | tools
	@$(PROGRESS) "Installing the CDK CLI and PostgreSQL (pinned, into node_modules; once)" npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

.PHONY: go-modules
go-modules: | tools
	@test -f build/go-modules -a build/go-modules -nt go.sum || { \
	  $(PROGRESS) "Fetching Go modules (once)" go mod download && mkdir -p build && touch build/go-modules; }

.PHONY: build/tributary
build/tributary: node_modules go-modules
	@$(PROGRESS) "Compiling the tributary command" env $(GO_BUILD) -o $@ ./cmd/tributary

.PHONY: build/infra
build/infra: node_modules go-modules
	@$(PROGRESS) "Compiling the CDK app (half a minute the first time)" env $(GO_BUILD) -o $@ ./infra

.PHONY: build/emptyapp
build/emptyapp: go-modules
	@$(PROGRESS) "Compiling an empty CDK app" env $(GO_BUILD) -o $@ ./bench/emptyapp

bench/node/node_modules: bench/node/package-lock.json | tools
	@cd bench/node && ../../$(PROGRESS) "Installing what the function is compared with" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

internal/watch/e2e/node_modules: internal/watch/e2e/package-lock.json | tools
	@cd internal/watch/e2e && ../../../$(PROGRESS) "Installing what drives the browser" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

internal/templatecheck/node_modules: internal/templatecheck/package-lock.json | tools
	@cd internal/templatecheck && ../../$(PROGRESS) "Installing checkers of templates" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

internal/iamcheck/node_modules: internal/iamcheck/package-lock.json | tools
	@cd internal/iamcheck && ../../$(PROGRESS) "Installing what simulates IAM" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/policysentry: internal/iamcheck/requirements.txt
	@command -v python3 >/dev/null || { echo "needs Python 3: install it from https://www.python.org/downloads" >&2; exit 1; }
	@mkdir -p build && rm -rf $@ $@.partial && python3 -m venv $@.partial
	@$(PROGRESS) "Installing the Service Authorization Reference (once)" \
	  $@.partial/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r internal/iamcheck/requirements.txt
	@mv $@.partial $@ && touch $@

build/golangci-lint: tools/go.sum | tools
	@mkdir -p build
	@cd tools && ../$(PROGRESS) "Compiling golangci-lint (a minute or two; once)" \
	  go build -o ../build/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

build/gremlins: tools/go.sum | tools
	@mkdir -p build
	@cd tools && ../$(PROGRESS) "Compiling gremlins (once)" \
	  go build -o ../build/gremlins github.com/go-gremlins/gremlins/cmd/gremlins
