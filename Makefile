# The day's work, a line each. `make serve` and `make test` set up all they need.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.DELETE_ON_ERROR:
.PHONY: serve test lint check fix docs golden lock bench performances soak fuzz mutants whoosh3 audit sbom \
	clean browser doctor python .venv/run .venv/dev

serve: .venv/run          ## the site on the real content, http://127.0.0.1:8000
	$(BIN)/kb serve --port $(PORT)

test: .venv/dev           ## everything: lint, types, content, unit, site and browser tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/kb check
	$(BIN)/pytest -n 2 --dist worksteal -q

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

performances: .venv/dev   ## docs/performances.md, measured here and now; needs wrk
	$(BIN)/python benchmarks/performances.py

soak: .venv/dev           ## long runs: kills, flips, a full disk, 20 minutes of load, nginx
	$(BIN)/pytest -q -s tests/soak/soak_*.py
	$(BIN)/pytest -q -m soak -n 2 --dist worksteal tests

FUZZ_SECONDS ?= 900
FUZZED ?= query front markdown url name history report value
fuzz: .venv/dev           ## coverage-guided fuzzing of each way in
	$(BIN)/python -m pip install -q --disable-pip-version-check 'atheris>=3.0'
	for target in $(FUZZED); do mkdir -p build/fuzz/$$target; \
		$(BIN)/python -m tests.fuzz.fuzz $$target build/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -max_len=2000 || exit 1; done

mutants: .venv/dev        ## each defence taken away in turn: a test must turn red
	$(BIN)/python tools/mutants.py

whoosh3: .venv/dev        ## the search with the continuation of Whoosh, in place of the locked one
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --upgrade --target build/whoosh3 whoosh3
	PYTHONPATH=build/whoosh3 $(BIN)/pytest -q tests/search/test_whoosh.py tests/search/test_index.py tests/search/test_search.py tests/search/test_spelling.py tests/search/test_passages.py tests/search/test_facets.py tests/search/test_relevance.py

audit: .venv/dev          ## known faults of the locked packages; fails where the advisories cannot be read
	$(PYTHON) -m venv build/supply && build/supply/bin/pip install -q --disable-pip-version-check 'pip-audit>=2.9' 'cyclonedx-bom>=7.0'
	build/supply/bin/pip-audit --strict --require-hashes -r requirements.lock

sbom: .venv/dev           ## build/sbom.json, CycloneDX, of what the site runs on
	$(PYTHON) -m venv build/supply && build/supply/bin/pip install -q --disable-pip-version-check 'pip-audit>=2.9' 'cyclonedx-bom>=7.0'
	build/supply/bin/cyclonedx-py requirements requirements.lock -o build/sbom.json

COMPILE = build/lock/bin/uv pip compile -q --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links
lock: python              ## requirements*.lock from pyproject.toml, with hashes; what is locked stays as it is
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q --disable-pip-version-check uv
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock

# `.venv` knows by itself whether it is the right one, so it is asked each time (tools/environment.py).
.venv/run: python
	@$(PYTHON) tools/environment.py run

.venv/dev: python
	@$(PYTHON) tools/environment.py dev

browser: .venv/dev

python:
	@command -v "$(PYTHON)" >/dev/null || { echo "Il manque Python 3.11 ou plus récent ; sous Debian, tapez : apt-get install python3 python3-venv" >&2; exit 1; }

doctor: python            ## what is there, what is missing, the line to type
	@PORT=$(PORT) $(PYTHON) tools/doctor.py

clean:
	rm -rf .venv .venv.* .kb .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
