# Tributary's commands. Needed beforehand: Go, Node.js, make. Everything else is
# installed by the first command that needs it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

export CDK_DISABLE_CLI_TELEMETRY := true
# jsii warns at every start of a Node.js past its end of life; the README says
# which one to take.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# So does the AWS SDK in the CDK CLI.
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED := true
export NPM_CONFIG_UPDATE_NOTIFIER := false

CDK := node_modules/.bin/cdk
PROGRESS := scripts/with-progress
# As the function is built, so that one compilation of what they share serves
# all three.
GO_BUILD := CGO_ENABLED=0 go build -trimpath
# The race detector needs a C compiler, which Tributary does not.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race)
# Packages that start jsii, which races within itself: tested serially, without
# the detector.
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
faults: node_modules go-modules ## Kill, cut off and confuse the function a thousand times; ARGS="-seed 7 -seeds 1" repeats one run
	@go run ./internal/faults/cmd $(ARGS)

.PHONY: attack
attack: build/tributary ## Attack the twin as strangers would; TRIBUTARY=FILE attacks an older command's
	@go run ./internal/attack/cmd $(if $(TRIBUTARY),-tributary $(TRIBUTARY)) $(ARGS)

.PHONY: embed
embed: node_modules go-modules ## Embed Tributary in a module elsewhere, and deploy that on the local twin
	@go run ./internal/embed

.PHONY: browser
browser: node_modules go-modules internal/watch/e2e/node_modules ## Drive the page of tributary watch in Chromium; writes docs/images
	@$(PROGRESS) "Driving the page in a browser (over a minute)" go test -count=1 -tags browser ./internal/watch/e2e

.PHONY: lint
lint: go-modules build/golangci-lint ## Check formatting and style
	@$(PROGRESS) "Linting" build/golangci-lint run --build-tags browser
	@build/golangci-lint fmt --diff

.PHONY: bench
bench: build/tributary build/infra build/emptyapp bench/node/node_modules internal/watch/e2e/node_modules ## Measure; ONLY=stack runs one group; BEFORE=FILE compares with an older command's twin
	@$(PROGRESS) "Measuring; each side of a pair several times" go run ./bench $(if $(ONLY),-only $(ONLY)) $(if $(BEFORE),-before $(BEFORE))

.PHONY: grammar
grammar: | tools ## Parse every planned statement under Redshift's grammar
	@cd internal/grammar && ../../$(PROGRESS) "Parsing every plan (the parser takes a minute and a half to compile, once)" go test -count=1 ./...

.PHONY: templates
templates: go-modules internal/templatecheck/node_modules ## Have cfn-lint, checkov, cfn-guard and cdk-nag check every template against docs/security.md
	@$(PROGRESS) "Checking the templates" go run ./internal/templatecheck

.PHONY: iam
iam: node_modules go-modules internal/iamcheck/node_modules build/policysentry ## Check IAM policies with policy_sentry and iam-simulate; it needs Python 3
	@$(PROGRESS) "Checking IAM" go run ./internal/iamcheck

.PHONY: mutate
mutate: go-modules build/gremlins ## Change the code in small ways, and see whether tests notice; PACKAGES="./internal/watch" takes others
	@go run ./internal/mutate $(PACKAGES)

.PHONY: ci
ci: lint test ## Run everything that a change has to pass; .ci/run installs what it needs and runs it
	@scripts/ci

.PHONY: ci-long
ci-long: build/tributary ## Run what takes longer than ci does; it needs Maven and a JDK
	@scripts/ci-long

.PHONY: clean
clean: ## Remove what was built
	@rm -rf build cdk.out

# What the commands above need.

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
