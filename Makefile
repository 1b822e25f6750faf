# Every recipe sets up what it needs on a fresh machine; `make` alone lists them.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
TESTS  ?= tests
# All of them take a while, and wait more than they compute: three processes on two cores (decision 62).
SPREAD := $(if $(filter tests,$(TESTS)),-n 3)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt docs bench lock floors browser postgres restate-server restate torture torture-restate beside js clean mutants

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(STAMP) ## make .venv with the locked versions and the package itself (quick when up to date)

$(STAMP): requirements-dev.lock pyproject.toml tools/make_venv.sh
	@tools/make_venv.sh $(VENV)
	@touch $@

demo: $(STAMP) ## a server with sample workflows, tasks already waiting and a one-click login link
	@$(BIN)/assent demo

# What the tests need beside Python is fetched by one script each, tools/get_*.sh, as a prerequisite here.
test: $(STAMP) browser postgres restate-server js ## everything the tests need, a browser and PostgreSQL included, then all tests (TESTS=tests/cli for some)
	@node="$$(tools/node_path.sh)" && PATH="$$PATH$${node:+:$$node}" \
		ASSENT_TEST_BROWSER="$$(tools/find_chromium.sh)" $(BIN)/python -m pytest $(SPREAD) $(TESTS)

check: $(STAMP) ## formatting, lint, both type checkers, and the floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pyright --warnings --pythonpath $(BIN)/python
	@PYTHONPATH=src $(BIN)/lint-imports --no-cache

fmt: $(STAMP) ## write the code the way the formatter wants it
	@$(BIN)/ruff check --fix-only --exit-zero .
	@$(BIN)/ruff format .

docs: $(STAMP) ## rewrite the generated parts of docs/, then run every block in README and docs
	@$(BIN)/python -m tools.generate_docs
	@$(BIN)/python -m pytest tests/docs

bench: $(STAMP) ## measure assent beside whichever peers are installed
	@$(BIN)/python -m bench

lock: ## fit requirements-dev.lock to pyproject.toml (UPGRADE=--upgrade for the newest of all)
	@tools/lock.sh $(UPGRADE)

floors: $(STAMP) browser postgres restate-server js ## run the tests with the oldest versions that pyproject.toml allows
	@ASSENT_TEST_BROWSER="$$(tools/find_chromium.sh)" tools/test_floors.sh $(TESTS)

browser: $(STAMP) ## a chromium to drive and axe-core to judge with (Debian: through apt-get, sudo if not root)
	@tools/get_browser.sh

postgres: ## a PostgreSQL server for the tests to start by themselves (Debian: through apt-get)
	@tools/get_postgres.sh

restate-server: $(STAMP) ## a Restate server for the tests to start by themselves (from its npm package)
	@tools/get_restate.sh

restate: $(STAMP) browser postgres restate-server ## all stories of all three styles once more, on Restate (TESTS=tests/events for some)
	@ASSENT_TEST_ENGINE=restate ASSENT_TEST_BROWSER="$$(tools/find_chromium.sh)" $(BIN)/python -m pytest -n 3 $(if $(filter tests,$(TESTS)),tests/stories tests/events tests/flows,$(TESTS))

js: $(STAMP) ## what the JavaScript client's tests need
	@tools/get_js.sh

mutants: $(STAMP) ## make one line of the code wrong at a time, and see that a test notices (takes a while)
	@$(BIN)/python -m tools.mutants

torture: $(STAMP) postgres ## crash at every commit there is, on both stores; then kill workers and PostgreSQL at random and count
	@ASSENT_EVERY_CRASH=1 $(BIN)/python -m pytest --timeout 3600 tests/stories/test_crashes.py
	@PYTHONPATH=src:. $(BIN)/python -m tools.torture

beside: $(STAMP) postgres ## the code of another revision and today's, as processes on one PostgreSQL (REV=a tag or a commit)
	@PYTHONPATH=src:. $(BIN)/python -m tools.beside $(REV)

torture-restate: $(STAMP) postgres restate-server ## a Restate cluster, its workers and PostgreSQL killed at random, and a count of what came of it
	@PYTHONPATH=src:. $(BIN)/python -m tools.torture_restate

clean: ## take away the environment, caches and build leftovers
	@rm -rf $(VENV) .cache build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
