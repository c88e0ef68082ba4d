# Two commands: `make demo` shows the whole loop on invented persons, `make test` proves it.
PYTHON ?= python3
PERSONS ?= 1000000
SEED ?= 1
PORT ?= 8000
DOCUMENTS ?=
HOME_FOLDER ?= var/demo

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TO_TEST := $(VENV)/.ready-to-test

.PHONY: setup demo test lint bench load docs clean browser java

setup: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Fyrbåk needs Python 3.11 or later; $(PYTHON) is older. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Fyrbåk needs into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: setup
	@FYRBAK_HOME="$(HOME_FOLDER)" $(BIN)/fyrbak demo --persons $(PERSONS) --seed $(SEED) --port $(PORT) $(if $(DOCUMENTS),--documents "$(DOCUMENTS)")

$(READY_TO_TEST): $(READY) requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Debian's Chromium, if it is missing and may be installed; otherwise the browser tests say why they skip.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
		  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-liberation >/dev/null; } || \
		echo "No browser here and none could be installed: the browser tests will be skipped."

# Java 17 for the engine spark, in the same way.
java:
	@test -x "$$JAVA_HOME/bin/java" || command -v java >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
		  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null; } || \
		echo "No Java here and none could be installed: the tests of the engine spark will be skipped."

test: $(READY_TO_TEST) browser java
	@$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY_TO_TEST)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

load: $(READY_TO_TEST)
	@PYTHONPATH=tests $(BIN)/python -m bench.load $(ARGS)

docs: $(READY)
	@$(BIN)/fyrbak docs docs

clean:
	rm -rf $(VENV) var build src/*.egg-info
