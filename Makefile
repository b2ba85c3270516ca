# Two commands matter: `make demo` shows the service, `make test` runs what CI runs.

PYTHON ?= python3
HOST   ?= 127.0.0.1
PORT   ?= 8080
SAMPLE ?= 800
AUDIT  ?= pypi

VENV := .venv
BIN  := $(VENV)/bin

COVERING := tests/unit tests/spec

# Everything installed is named in a lock with its hash; nothing is built from source but this project.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED      := --require-hashes --only-binary :all:

# Extras stay in the locks: without them pip looks for the newest release of a package it asks an
# extra of, and refuses it because only the locked one has hashes.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage screenshots verify lint evaluate alerts mutation fuzz bench load book conformance sbom audit lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.runtime ## install, then start the service with sample patients (HOST=, PORT=)
	@$(BIN)/legpain-cds demo --host $(HOST) --port $(PORT)

# Tracing branches makes tests take three times as long: those that cover clinical/ run with it.
test: lint ## install, then run what CI runs: lint, types, room walls, all tests, coverage of clinical/
	$(BIN)/python -m pytest -n 2 --cov=cds_service/clinical --cov-fail-under=100 $(COVERING)
	$(BIN)/python -m pytest -n 2 $(COVERING:%=--ignore=%)

coverage: $(VENV)/.dev ## run all tests with coverage of the whole service
	$(BIN)/python -m pytest -n 2 --timeout 300 --cov

verify: $(VENV)/.dev ## as test, with 10,000 charts against the second implementation, more examples and all faults
	$(BIN)/python -m tests.reference
	HYPOTHESIS_PROFILE=verify $(BIN)/python -m pytest -n 2 --timeout 1200 tests/property tests/reference tests/fault tests/browser/test_record_text.py

evaluate: $(VENV)/.dev alerts ## sensitivity and false alarms of every card over the labeled patients, and alerts
	$(BIN)/python -m tests.evaluate

alerts: $(VENV)/.evaluate ## cards per 1,000 openings of unselected generated patients, and why
	$(BIN)/python -m tests.evaluate.alert_load --write

lint: $(VENV)/.dev ## ruff, mypy and import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

mutation: $(VENV)/.dev ## change clinical/ place by place and fail if the tests notice under 85 % (SAMPLE=800|all)
	$(BIN)/python -m tests.mutation --sample $(SAMPLE)

fuzz: $(VENV)/.fuzz ## search for input that the service fails on, led by the code it reaches (SECONDS=600)
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),600)

bench: $(VENV)/.dev ## measure the time one hook call costs
	$(BIN)/python -m tests.bench

load: $(VENV)/.dev ## promises P1 and P3 under load, on a machine that does nothing else (SECONDS=60)
	@$(BIN)/python -m tests.bench.load --seconds $(or $(SECONDS),60)

screenshots: $(VENV)/.dev ## take the pictures of the README anew
	$(BIN)/python -m tests.browser.screenshots

book: $(VENV)/.dev ## write docs/clinical-book anew from cards/ and the worked patients
	$(BIN)/python -m tests.book

conformance: $(VENV)/.dev ## run the tests that judge CDS Hooks and write docs/conformance.md
	$(BIN)/python -m tests.conformance

# The root's own dependencies are not among what this reads, which the tool warns of.
sbom: $(VENV)/.audit ## write what the service is built from, with hashes, to dist/ (CycloneDX)
	@mkdir -p dist
	$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml \
		--output-reproducible --output-file dist/legpain-cds.cdx.json requirements/postgres.txt

audit: $(VENV)/.audit ## ask an advisory service for weaknesses of the locked packages (AUDIT=pypi|osv)
	@$(BIN)/python -m tests.audit --service $(AUDIT)

# First the versions, a week old at least, so that a bad release has time to be withdrawn; then
# their hashes without that limit, because the files of one release are not uploaded at one instant.
lock: $(VENV)/.dev ## resolve the locks in requirements/ anew
	$(COMPILE) --upgrade --exclude-newer '1 week' --group dev --group evaluate --group audit --group fuzz pyproject.toml --output-file requirements/dev.txt
	for name in build runtime postgres evaluate audit fuzz; do cp requirements/dev.txt requirements/$$name.txt; done
	$(COMPILE) --generate-hashes --group dev pyproject.toml --output-file requirements/dev.txt
	$(COMPILE) --generate-hashes pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --generate-hashes --extra postgres pyproject.toml --output-file requirements/postgres.txt
	$(COMPILE) --generate-hashes --group build --output-file requirements/build.txt
	$(COMPILE) --generate-hashes --group evaluate --output-file requirements/evaluate.txt
	$(COMPILE) --generate-hashes --group audit --output-file requirements/audit.txt
	$(COMPILE) --generate-hashes --group fuzz --output-file requirements/fuzz.txt

clean: ## remove the virtual environment, caches and build results
	rm -rf $(VENV) build dist mutants .coverage* .fuzz .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find cds_service tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a second run fast: each is newer than what it was made from.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "legpain-cds needs Python 3.11 or newer; name one with PYTHON=, for example: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/build.txt requirements/runtime.txt pyproject.toml
	@echo "Installing the service into $(VENV) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/dev.txt
	@touch $@

$(VENV)/.evaluate: $(VENV)/.dev requirements/evaluate.txt
	@echo "Installing the patient generator into $(VENV) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/evaluate.txt
	@touch $@

$(VENV)/.audit: $(VENV)/.dev requirements/audit.txt
	@echo "Installing the audit tools into $(VENV) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/audit.txt
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev requirements/fuzz.txt
	@echo "Installing the fuzzer into $(VENV) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/fuzz.txt
	@touch $@
