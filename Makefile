# Two commands for a newcomer: `make demo` and `make test`. Needs Python 3.11 or later with venv; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs screenshots bench clean

demo: $(VENV)/installed
	@$(BIN)/python tools/demo.py

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -n auto --dist worksteal

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/installed-dev
	$(BIN)/python tools/make_docs.py
	$(BIN)/python tools/readme_demo.py

screenshots: $(VENV)/installed-dev
	$(BIN)/python -m tools.screenshots

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.run

clean:
	rm -rf $(VENV) out build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed; say which with: make PYTHON=python3.12 …'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }

$(VENV)/installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/installed $@
