# Each recipe is one or two commands that also work without make: see README.md.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help publish test long check acceptance lab bench faults fuzz bundle lock

help: ## Say what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

STUDY ?= cd93
publish: .venv/base ## Publish the edition of the latest closed wave of a study (simulated where it has no data); STUDY=dila for the other; DATE=2026-11-26 dates it
	$(BIN)/observatoire simulate $(STUDY) --if-empty
	$(BIN)/observatoire publish $(STUDY) $(if $(DATE),--date $(DATE))

# Two halves of about the same length, side by side: what is published once in each is shared within it.
APART := tests/functional/test_corrections.py tests/notebooks/test_notebooks.py tests/notebooks/test_questions.py
HALF := tests/faults tests/functional tests/notebooks $(addprefix --ignore=,$(APART)) tests/acceptance tests/architecture tests/oracle tests/properties tests/truth
REST := src $(APART) tests/publication tests/unit
test: .venv/dev ## Run the tests, in two halves side by side
	@$(BIN)/python -m pytest $(HALF) > .half.log 2>&1 & half=$$!; \
	$(BIN)/python -m pytest $(REST); rest=$$?; \
	wait $$half; half=$$?; cat .half.log; rm -f .half.log; exit $$((half | rest))

long: .venv/dev ## Run the tests that take long, before a release
	$(BIN)/python -m pytest -m long

check: .venv/dev ## Lint, types, floors, notebooks
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/nbstripout --verify notebooks/*/*.ipynb

acceptance: .venv/dev ## Publish real studies that only YAML describes
	$(BIN)/python -m pytest tests/acceptance

lab: .venv/base ## Open JupyterLab on the notebooks of the demonstration
	$(BIN)/observatoire simulate $(STUDY) --if-empty
	$(BIN)/observatoire run $(STUDY)
	$(BIN)/observatoire lab $(STUDY)

bench: .venv/dev ## Measure, side by side
	$(BIN)/python -m benchmarks

faults: .venv/dev ## Kill 200 runs, corrections and withdrawals at random moments, and finish each by a plain one
	$(BIN)/python -m tests.faults.killing 200

fuzz: .venv/dev ## Try 3,000 broken files, manifests, parameters and archives
	$(BIN)/python -m tests.faults.fuzzing 3000

bundle: .venv/base ## Gather what a machine with no registry needs, in bundle/
	rm -rf bundle && mkdir -p bundle
	$(BIN)/pip download --quiet --disable-pip-version-check --require-hashes -r requirements.lock -d bundle/wheels
	git archive --format=tar.gz -o bundle/observatoire-usagers.tar.gz HEAD
	cp docs/offline.md bundle/README.md

lock: ## Pin the dependencies again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# The environment: pinned with hashes, the build backend among them.
.venv/base: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . && touch $@

.venv/dev: .venv/base requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && touch $@
