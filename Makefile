# The menu. `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Processes of the tests: many of them wait more than they compute.
WORKERS ?= $(shell nproc | awk '{print ($$1 > 2) ? $$1 : 2}')
ONCE ?=
OUT ?=
CORPUS ?=

.PHONY: help demo test check format bench bench-growth judge css messages lock clean
.DEFAULT_GOAL := help

help: ## Show this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.runtime: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Acuse needs Python 3.11 (Debian: apt install python3 python3-venv python3-pip make)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.testing: requirements-test.lock $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

demo: $(VENV)/.runtime ## Start everything on this machine, send the examples, certify and verify them (ONCE=1 OUT=DIR to stop afterwards)
	@$(BIN)/acuse demo $(if $(ONCE),--once) $(if $(OUT),--out "$(OUT)")

test: $(VENV)/.testing ## Run every gate and every test
	@scripts/debian-packages
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n $(WORKERS) --ignore=tests/browser
	$(BIN)/python -m pytest -n $(WORKERS) tests/browser  # apart: Playwright leaves an event loop running in its processes

check: $(VENV)/.testing ## Style, types, import contract, budgets, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/budgets.py
	$(BIN)/python scripts/documents.py
	$(BIN)/python scripts/messages.py --check
	$(BIN)/python scripts/css.py --check

format: $(VENV)/.testing ## Format the code
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

bench: $(VENV)/.testing ## Measure speed side by side with named rivals
	@scripts/debian-packages
	$(BIN)/python -m bench

bench-growth: $(VENV)/.testing ## Measure 1,000 against 1,000,000 facts, and as many cases
	$(BIN)/python -m bench.growth
	$(BIN)/python -m bench.desk

judge: $(VENV)/.runtime ## Judge the classifier of bounces by a labelled collection (CORPUS=DIR)
	$(BIN)/python scripts/judge.py "$(CORPUS)"

css: $(VENV)/.runtime ## Build the style sheet (needs node)
	$(BIN)/python scripts/css.py

messages: $(VENV)/.runtime ## Collect and compile the texts of the web doors (needs gettext)
	$(BIN)/python scripts/messages.py

lock: $(VENV)/.testing ## Renew the locked dependencies
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --no-header -o requirements.lock pyproject.toml requirements.in
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --no-header -o requirements-test.lock requirements-test.in

clean: ## Remove what was built here (not the data directory)
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .hypothesis
