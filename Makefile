# Överens: everything a person or CI does here. Each target says what it does; `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install lock run test check lint bench crash security demo-consultation profiles profiles-check conformance format clean \
	check-format check-ruff check-types check-imports check-yaml

VENV := .venv
BIN := $(VENV)/bin
# The newest Python that the adapter is tested with; PYTHON=… chooses another.
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
TREE := adapter mappings profiles tests .ci/smoke.py

help: ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-15s %s\n", $$1, $$2 }'

install: $(VENV)/.installed ## a local .venv with overens in it, pinned and hash-checked
	@echo "install: $(VENV) is as requirements-dev.txt says"

$(VENV)/.installed: requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "install: no Python 3.11 or later found; install one, or say PYTHON=path"; exit 1; }
	@echo "install: $(VENV) with $$($(PYTHON) --version), packages as locked in requirements-dev.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock: install ## bring the two lock files in step with pyproject.toml (UPGRADE=--upgrade takes the newest)
	@echo "lock: requirements-dev.txt (all) and requirements.txt (what a run needs)"
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile $(LOCK) --extra dev -o requirements-dev.txt pyproject.toml
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile $(LOCK) -c requirements-dev.txt -o requirements.txt pyproject.toml

LOCK := --quiet $(UPGRADE) --strip-extras --generate-hashes --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

run: install ## an empty store, the fixtures through the real HTTP API, a table, then serve
	@echo "run: overens demo"
	@$(BIN)/overens demo

test: install ## the tests, without the slow wheel test
	@echo "test: pytest"
	@$(BIN)/python -m pytest

check: install lint ## all that CI does: format, ruff, types, import rule, YAML, every test, coverage of the core
	@echo "check: every test, warnings are errors, all branches of adapter/domain covered"
	@$(BIN)/python -m pytest -m "" --cov=adapter.domain --cov-branch --cov-report=term:skip-covered --cov-fail-under=100
	@echo "check: all good"

lint: check-format check-ruff check-types check-imports check-yaml ## all of it but the tests (make -k lint: go on after a fault)
	@$(BIN)/python -m tests.house.sizes

check-format: install
	@echo "check: format"
	@$(BIN)/ruff format --check $(TREE)

check-ruff: install
	@echo "check: ruff"
	@$(BIN)/ruff check $(TREE)

check-types: install
	@echo "check: types"
	@$(BIN)/mypy
	@for hooks in mappings/*/hooks.py; do $(BIN)/mypy "$$hooks" || exit; done

check-imports: install
	@echo "check: import rule"
	@$(BIN)/lint-imports --no-cache

check-yaml: install
	@echo "check: yaml"
	@$(BIN)/yamllint --strict mappings .yamllint.yaml

format: install ## format the code and mend what ruff can mend
	@echo "format: $(TREE)"
	@$(BIN)/ruff check --fix-only --quiet $(TREE)
	@$(BIN)/ruff format $(TREE)

bench: install ## speed beside its floor in the same run: decide, store, HTTP, start-up
	@$(BIN)/python tests/bench/run.py $(BENCH)

crash: install ## try to make it break its word: kills, power cuts, database stops (CRASH="kill-sqlite --seed 1" chooses)
	@$(BIN)/python -m tests.crash $(CRASH)

demo-consultation: install ## a consultation between two simulated systems (Lifecare JSON, HL7 v2), told as a timeline
	@$(BIN)/python -m tests.demo.consultation

security: install ## try to see what one may not, and to break it: other patients, tokens, searches, hostile bodies (SECURITY="other-patient --seed 1" chooses)
	@$(BIN)/python -m tests.security.campaign $(SECURITY)

profiles: ## compile profiles/input/fsh into profiles/fsh-generated (needs Node)
	@$(or $(PYTHON),python3) profiles/build.py

profiles-check: ## say whether profiles/fsh-generated is what the sources give; without Node it is left out
	@$(or $(PYTHON),python3) profiles/build.py --check

conformance: install ## our validator beside HL7's: recorded verdicts (CORPUS=folder), FHIRPath, mutants (COUNT= SEED=), all that we make
	@$(BIN)/python tests/validation/conformance.py $(CORPUS)
	@$(BIN)/python tests/conformance/fhirpath_suite.py
	@$(BIN)/python tests/conformance/differential.py $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))
	@$(BIN)/python tests/conformance/judge.py

clean: ## remove what the other targets made
	@echo "clean: $(VENV), caches and builds"
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench .coverage
