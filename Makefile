# The day's work, a line each. `make serve` and `make test` set up all they need.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: serve test lint check fix docs golden lock bench soak clean browser

serve: .venv/run          ## the site on the real content, http://127.0.0.1:8000
	$(BIN)/kb serve --port $(PORT)

test: .venv/dev browser   ## everything: lint, types, content, unit, site and browser tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/kb check
	$(BIN)/pytest -n 2 --dist loadgroup -q

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy

check: .venv/run          ## every problem of every content file
	$(BIN)/kb check

fix: .venv/run            ## mend what is mechanical in the content
	$(BIN)/kb fix

docs: .venv/run           ## docs/champs.md, docs/regles.md, docs/schema/ from the model
	$(BIN)/kb docs

golden: .venv/dev         ## rewrite the golden files, then read the diff
	$(BIN)/pytest -q --golden-update

bench: .venv/dev          ## cold and warm start, sizes, search quality and latency
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/serving.py
	$(BIN)/python benchmarks/search.py

soak: .venv/dev           ## long runs
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest -q tests

lock: .venv/dev           ## requirements*.lock from pyproject.toml, with hashes
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml --group dev -o requirements-dev.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

browser:                  ## Chromium and the checkers of tools/qa; never skipped
	@tools/install-browser

clean:
	rm -rf .venv .kb .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
