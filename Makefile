# Needs Python 3.11 or newer and make. Every verb sets up what it needs in .venv, once, see
# scripts/setup.

SHELL := /bin/sh
BIN := .venv/bin
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export UV_NO_PROGRESS := 1
export NO_MKDOCS_2_WARNING := 1
# Tests start many processes, each of which would compile the source again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo check test lint types unit tests docs screenshots reference bench audit sbom lock upgrade format clean

# Processes take from each other what is left; two for each core, as tests wait for servers
# and a browser. The slowest tests and the time of all come last.
WORKERS := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
PYTEST = $(BIN)/pytest -q -n $(WORKERS) --maxprocesses 8 --dist worksteal
TYPES = $(BIN)/pyright --pythonpath $(BIN)/python
DOCS = $(BIN)/mkdocs build --quiet --strict
BEGUN := $(shell date +%s)
TOOK = echo "make $@ took $$(( $$(date +%s) - $(BEGUN) )) seconds"
# Tests, and the other checks that take long beside them, told after them: $(call beside,CHECKS,TESTS).
beside = mkdir -p .build; { $(1); } >.build/beside.txt 2>&1 & beside=$$!; \
	$(PYTEST) $(2); tests=$$?; wait $$beside; beside=$$?; cat .build/beside.txt; \
	$(TOOK); exit $$((tests + beside))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/.runtime ## Start a server with synthetic calls and show what it answers
	@$(BIN)/callistics demo $(ARGS)

check: lint ## Run what is quick: lint, types, and the tests of parts and of the API, on one engine
	@$(call beside,$(TYPES),tests/architecture tests/unit tests/golden tests/api -m "not slow" --engine duckdb $(ARGS))

test: lint ## Run every kind of test: lint, and beside the test suite docs and types
	@$(call beside,$(DOCS) && $(TYPES),$(ARGS))

lint: .venv/.dev ## Check style, format and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: .venv/.dev ## Check types, strictly; those of tests and scripts too
	@$(TYPES)

unit: .venv/.dev ## Run the tests of parts on their own
	@$(PYTEST) tests/unit $(ARGS)

tests: .venv/.dev ## Run the test suite alone; ARGS="tests/oracle --many" a part of it, thoroughly
	@$(PYTEST) $(ARGS)

docs: .venv/.dev ## Build the documentation site into site/
	@$(DOCS)

screenshots: .venv/.dev ## Take the pictures of the documentation; needs Chromium
	@$(BIN)/python scripts/screenshots.py

reference: .venv/.dev ## Write docs/reference/ from what the product defines
	@$(BIN)/python scripts/reference.py

bench: .venv/.dev ## Measure speed on 10 million calls; CALLS=1000000 ENGINE=chdb BESIDE=path
	@$(BIN)/python -m bench $(ARGS) $(if $(CALLS),--calls $(CALLS)) $(if $(ENGINE),--engine $(ENGINE)) \
		$(if $(BESIDE),--beside $(BESIDE))

format: .venv/.dev ## Format the code and sort its imports
	@$(BIN)/ruff check --fix-only --select I .
	@$(BIN)/ruff format .

audit: .venv/.dev ## Check what requirements/ pins against known advisories
	@$(BIN)/python scripts/audit.py

sbom: .venv/.dev ## Write bills of materials (CycloneDX) into dist/sbom/
	@$(BIN)/python scripts/sbom.py

lock: ## Pin the dependencies of pyproject.toml in requirements/, with hashes
	@scripts/lock

upgrade: ## As lock, taking the newest versions
	@scripts/lock --upgrade

clean: ## Remove everything that can be made again
	rm -rf .venv .build build dist site callistics-demo .hypothesis .pytest_cache .ruff_cache \
		.import_linter_cache .coverage bench/work
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: requirements/runtime.txt pyproject.toml scripts/setup
	@scripts/setup runtime

.venv/.dev: requirements/dev.txt pyproject.toml scripts/setup
	@scripts/setup dev
