# Two commands matter: `make demo` shows the whole loop, `make test` proves it. `make demo MODEL=smollm2` trains a real model.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench clean

# torch goes in first and by its exact version, so that no other package's looser wish picks a larger build.
$(BIN)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)"
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,check]'
	touch $@

demo: $(BIN)/.installed
	$(BIN)/python -m sample_data.demo $(MODEL)

test: $(BIN)/.installed
	$(BIN)/python -m pytest

check: $(BIN)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BIN)/.installed
	$(BIN)/python -m benchmarks $(DATA)

clean:
	rm -rf $(VENV) build dist
