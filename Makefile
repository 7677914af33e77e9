# Two commands for people: `make demo` and `make test`.  Both set up everything they need first.

CAIFENG := .venv/bin/caifeng
PY := .venv/bin/python
ARGS ?=
# Training writes a model instead of printing figures: it is run by hand.
BENCHES := $(filter-out benchmarks/cleaning_train% benchmarks/messages_train%,$(wildcard benchmarks/[a-z]*.py))

.PHONY: help setup demo test check lint bench soak down clean lock

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' Makefile

setup:  ## environment, command and browser; takes a second when they are there
	@deploy/setup.sh

demo: setup  ## a whole round on the rehearsal web: ARGS="--seed 7 --json"
	@$(CAIFENG) demo $(ARGS)

test: check  ## everything the project promises, on real Redis, MongoDB and Chromium

check: lint
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup  ## style, types and the direction of imports
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

bench: setup  ## figures, as ratios
	@set -e; for file in $(BENCHES); do echo "== $$file"; $(PY) $$file; done

soak: setup  ## the promises in their long form, half an hour: ARGS="--seed 7 --only poison"
	$(PY) -m tests.promises.soak $(ARGS)

down:  ## stop the local services; data stays
	@if [ -x $(CAIFENG) ]; then $(CAIFENG) down; fi

clean: down  ## remove the environment and every cache; data under .caifeng stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: setup  ## pin every dependency with its hashes, for all Python versions supported, naming no index
	$(PY) -m pip install -q --disable-pip-version-check uv
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --extra s3 --extra reference pyproject.toml -o requirements.txt
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --extra s3 --extra reference --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
