# `make` or `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DEMO ?= var/demo

.DEFAULT_GOAL := help
.PHONY: help demo test test-full check bench docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

$(BIN)/.run: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python ≥ 3.11 (python3 not found)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python ≥ 3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "缺少 venv 模块:apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[synth]'
	@touch $@

$(BIN)/.dev: $(BIN)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[synth,dev]'
	@touch $@

demo: $(BIN)/.run ## set everything up and run the main job; ARGS=--exit ends afterwards
	XINSHU_HOME=$${XINSHU_HOME:-$(CURDIR)/$(HOME_DEMO)} $(BIN)/xinshu demo $(ARGS)

test: $(BIN)/.dev ## set up and run the tests
	$(BIN)/python -m pytest $(ARGS)

test-full: $(BIN)/.dev ## all tests, the long ones (Spark) too
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[synth,dev,spark]'
	$(BIN)/python -m pytest -m 'full or not full' $(ARGS)

check: $(BIN)/.dev ## lint, types, layers, definitions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/xinshu catalogue check
	$(BIN)/xinshu catalogue check --overlay jiangsu

bench: $(BIN)/.dev ## all benchmarks
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script; done

bench-%: $(BIN)/.dev
	$(BIN)/python bench/$(subst -,_,$*).py $(ARGS)

docs: $(BIN)/.dev ## build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

clean: ## remove what was built and the demo's data
	rm -rf $(VENV) site dist build var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
