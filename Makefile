# The one list of what can be done here; people and CI call only these targets. `make` alone explains them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The project's own programs come first on PATH. The engine's Python language host takes `python` from there.
export PATH := $(CURDIR)/.cache/engine/bin:$(CURDIR)/.venv/bin:$(PATH)
# Byte code saves 3 s at each start of a Pulumi program; some machines forbid it for all.
unexport PYTHONDONTWRITEBYTECODE
# A virtual environment or a source path of the caller must not leak in.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PULUMI_SKIP_UPDATE_CHECK := true
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION := true

PYTHON := .venv/bin/python

.PHONY: help
help: ## explain these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: ## the virtual environment and the Pulumi engine; does nothing when both are there
	@tools/setup

.PHONY: rehearsal
rehearsal: setup ## the main job, end to end, against the simulated estate (under 5 minutes)
	@$(PYTHON) -m rehearsal run

.PHONY: rehearsal-up
rehearsal-up: setup ## start the simulated estate and leave it running; then `. build/rehearsal/env`
	@$(PYTHON) -m rehearsal up

.PHONY: rehearsal-down
rehearsal-down: setup ## stop what rehearsal-up started
	@$(PYTHON) -m rehearsal down

.PHONY: test
test: setup ## every test, with the real engine, a file at a time on each of two cores; TESTS="-k ods" narrows it
	@$(PYTHON) -m pytest -n 2 --dist loadfile $(TESTS)

.PHONY: conformance
conformance: setup ## only the tests that drive the rehearsal through clients that others wrote
	@$(PYTHON) -m pytest -m conformance $(TESTS)

.PHONY: lint
lint: setup ## ruff, mypy, yamllint, ansible-lint, and the pipelines; changes nothing
	@tools/lint

.PHONY: bench
bench: setup ## measure side by side, print a table, write build/bench.json; AREAS="stacks plays" narrows it
	@$(PYTHON) -m bench $(AREAS)

.PHONY: prove
prove: setup ## the long proofs, in parts that can be resumed; writes docs/proof/
	@$(PYTHON) -m tools.prove

.PHONY: clean-check
clean-check: ## prove the set-up: a fresh clone, empty HOME and caches, no pulumi on PATH (about 15 minutes)
	@tools/clean_check
