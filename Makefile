# finvest: `make` alone lists what there is. Needs GNU make and Python 3.11, 3.12 or 3.13 with venv; the rest is
# installed into .venv, checked against the hashes in requirements/.

PYTHON ?= python3.11 python3.12 python3.13 python3

SIZE ?= normal
OUT ?=
SEEDS ?=

BIN = .venv/bin
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
SAY = @printf '==> %s\n'

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help demo test acceptance neo4j test-neo4j torture-neo4j seeds thresholds bench lint types docs cards lock clean

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1	\2/' | \
		while IFS='	' read -r name what; do printf 'make %-14s %s\n' "$$name" "$$what"; done
	@printf '%s\n' '' 'PYTHON=/path/to/python chooses the interpreter that .venv is made with.'

demo: $(BIN)/.finvest ## install finvest into .venv and walk through a small synthetic case
	$(SAY) 'finvest demo'
	@$(BIN)/finvest demo

test: lint types ## everything that has to pass: lint, types, and the tests but those on outside data
	$(SAY) 'pytest'
	@$(BIN)/python -m pytest -n 2 --ignore=tests/acceptance

acceptance: $(BIN)/.dev ## run on files made by others, with a table of what was made of each
	$(SAY) 'pytest tests/acceptance'
	@$(BIN)/python -m pytest -n 2 tests/acceptance

neo4j: $(BIN)/.finvest ## start a real Neo4j server without Docker, for trying; needs Java and Maven
	@$(BIN)/python -m tests.exchange.neo4j.server

test-neo4j: $(BIN)/.dev ## the tests on a real Neo4j server; fails where none can be started
	$(SAY) 'pytest tests/exchange/neo4j'
	@FINVEST_REQUIRE=neo4j $(BIN)/python -m pytest tests/exchange/neo4j

torture-neo4j: $(BIN)/.dev ## a million transfers pushed, ten restarts, twenty cuts; prints relationships a second
	$(SAY) 'pytest tests/exchange/neo4j/test_torture.py, test_bulk.py'
	@FINVEST_REQUIRE=neo4j FINVEST_TORTURE=long $(BIN)/python -m pytest -s tests/exchange/neo4j/test_torture.py \
		tests/exchange/neo4j/test_bulk.py

seeds: $(BIN)/.finvest ## every detector against the answer key, on the sample case's seed and ten others
	$(SAY) 'python -m finvest.seeds'
	@$(BIN)/python -m finvest.seeds $(SEEDS)

thresholds: $(BIN)/.finvest ## move every threshold by a fifth and write what changes to docs/thresholds.md
	$(SAY) 'python -m finvest.thresholds'
	@$(BIN)/python -m finvest.thresholds

bench: $(BIN)/.finvest ## measure speed and memory, beside other tools; SIZE=short, normal or large
	$(SAY) 'python -m benchmarks --size $(SIZE)'
	@$(BIN)/python -m benchmarks --size $(SIZE) $(if $(OUT),--out $(OUT))

lint: $(BIN)/.dev ## ruff: rules and format
	$(SAY) 'ruff check, ruff format --check'
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: $(BIN)/.dev ## mypy --strict, then pyright
	$(SAY) 'mypy --strict'
	@$(BIN)/mypy
	$(SAY) 'pyright'
	@$(BIN)/pyright

docs: $(BIN)/.finvest ## rewrite what is generated: the data dictionary and the tables of a view
	$(SAY) 'python -m finvest.model.dictionary, finvest.documents'
	@$(BIN)/python -m finvest.model.dictionary
	@$(BIN)/python -m finvest.documents

LABELLED = $(or $(FINVEST_ACCEPTANCE_DATA),../shared/data)/labelled

cards: $(BIN)/.finvest ## measure the detectors on the labelled sets and write the figures onto their page
	$(SAY) 'finvest evaluate, finvest.documents'
	@$(BIN)/finvest evaluate $(patsubst %/transactions.parquet,--on %,$(wildcard $(LABELLED)/*/transactions.parquet)) \
		--dated --figures docs/figures.json
	@$(BIN)/python -m finvest.documents

lock: $(BIN)/.dev ## rebuild requirements/*.txt from pyproject.toml
	$(SAY) 'python requirements/lock.py'
	@$(BIN)/python requirements/lock.py

clean: ## remove .venv and every cache
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHON); do \
		"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$python lacks venv or ensurepip; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
		printf '==> %s\n' "new environment .venv with $$("$$python" --version)"; \
		exec "$$python" -m venv --clear .venv; \
	done; \
	echo "no Python 3.11, 3.12 or 3.13 among: $(PYTHON); say which with make PYTHON=/path/to/python" >&2; exit 1

# Stamps: nothing is installed again until its requirements change.
$(BIN)/.demo: requirements/demo.txt | $(BIN)/python
	$(SAY) 'installing what finvest needs (requirements/demo.txt)'
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/demo.txt
	@touch $@

$(BIN)/.finvest: pyproject.toml $(BIN)/.demo
	$(SAY) 'installing finvest itself, to be run from this folder'
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/.dev: requirements/dev.txt $(BIN)/.finvest
	$(SAY) 'installing what the tests and checks need (requirements/dev.txt)'
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@
