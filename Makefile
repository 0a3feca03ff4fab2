# Everything a fresh machine needs: Python 3.11 or newer and make. `make help` lists the commands.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Nothing is left outside this folder.
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PLAYWRIGHT_BROWSERS_PATH := $(CURDIR)/$(VENV)/browsers
export XDG_CACHE_HOME := $(CURDIR)/$(VENV)/cache
export HF_HUB_OFFLINE := 1
export GRADIO_ANALYTICS_ENABLED := False
export GRADIO_TEMP_DIR := $(CURDIR)/$(VENV)/gradio

.DEFAULT_GOAL := help
.PHONY: help install run test check bench

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

install: $(READY) ## Make .venv and install the pinned versions

run: install ## Build the index when it is missing or out of date, then serve http://127.0.0.1:7860
	@exec $(BIN)/python app.py

test: install ## Run all tests, in a real browser too
	@sh .ci/browser $(BIN)/python
	@$(BIN)/python -m pytest

check: install ## Lint, formatting, types, and which package may import which
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

bench: install ## Measure speed and memory; see docs/benchmarks.md
	@$(BIN)/python -m tests.bench

# torch goes first and by its exact version: anything else may bring gigabytes of GPU libraries.
$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wellquoted needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@echo "Installing into $(VENV); the first time takes a few minutes."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt pip
	@$(BIN)/python -m pip install --quiet torch==2.13.0
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable . --group dev
	@touch $(READY)
