# `make demo` sets up, bundles an example and runs it; `make test` sets up and runs the checks.
# Both need nothing but a C compiler and a Python from 3.11 to 3.15 with its headers; `make PYTHON=...` chooses one.

# Looked for when it is first needed, and once, so that a complaint is printed once.
PYTHON ?= $(eval PYTHON := $(shell .ci/find-python))$(PYTHON)
# Another one for another system that sees the same checkout.
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint unit proofs site clean

demo: $(VENV)/installed
	$(BIN)/bundle examples/hello/hello.py
	dist/hello

test: lint unit

lint: $(VENV)/developing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/clang-format --dry-run -Werror $$(find launcher bundler -name '*.[ch]')
	$(BIN)/mypy
	$(BIN)/lint-imports

# Builds and runs real programs with the newest Python found, and some with the oldest; `TESTS=tests/test_link.py` runs less.
unit: $(VENV)/developing
	$(BIN)/pytest --numprocesses=auto --dist=loadgroup $(TESTS)

# The same tests with every Python found, and those that are slow and seldom fail first.
proofs: $(VENV)/developing
	$(BIN)/pytest --numprocesses=auto --dist=loadgroup --every-python --proofs $(TESTS)

# The documentation as a site, in build/site.
site: $(VENV)/developing
	$(BIN)/mkdocs build --strict --quiet

$(VENV)/installed: pyproject.toml
	@test -n "$(PYTHON)"
	$(PYTHON) -m venv $(VENV)
# Dependency groups (PEP 735) are newer than the pip that comes with Python.
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/developing: $(VENV)/installed
	$(BIN)/pip install --quiet --group dev
	@touch $@

clean:
	rm -rf .venv .venv-* .venvs build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
