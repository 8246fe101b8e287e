# Everything runs from .venv, made from uv.lock with nothing but Python 3.11+ and the package index.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.synced
WORKERS ?= 2
COUNT ?= 100000

.PHONY: help setup run test test-slow lint linters oracles readers format check bench quality pictures fuzz clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Make .venv with exactly what uv.lock names

$(STAMP): uv.lock pyproject.toml
	@echo "Making .venv as uv.lock says, which takes a minute or two."
	@test -x $(BIN)/uv || { echo "1 of 2: the installer, uv"; \
		$(call telling,$(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check uv); }
	@echo "2 of 2: the packages of uv.lock, fetched, installed and compiled"
	@$(call telling,$(BIN)/uv sync --frozen --quiet --compile-bytecode)
	@touch $@
	@echo "Done: .venv/bin/reportwatch --help"

# A command that says every ten seconds how long it has been at work.
telling = { $(1); } & at=$$!; s=0; \
	while kill -0 $$at 2>/dev/null; do \
		sleep 1; s=$$((s + 1)); test $$((s % 10)) -ne 0 || echo "  $$s s so far"; \
	done; wait $$at

run: setup ## Show the whole walk on the sample site; ONCE=1 ends by itself
	@$(BIN)/reportwatch up --sample $(if $(ONCE),--once)

# Bytecode is kept whatever the shell says: tests start many programs, each of which would compile
# a thousand modules anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) --dist worksteal

test: setup ## Run every test but the slow ones, and tell the ten slowest
	@$(PYTEST) --durations 10

test-slow: setup ## Run the tests that take longer than the suite may
	@$(PYTEST) -m slow --durations 10

lint: setup ## Check format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

linters: setup ## Install what checks deployments/ into .venv-linters, and run it
	@UV_PROJECT_ENVIRONMENT=.venv-linters $(BIN)/uv sync --frozen --quiet --only-group linters
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -rs tests/deployments/test_linters.py

oracles: setup ## Install what checks evidence beside us into .venv-oracles, and run it
	@UV_PROJECT_ENVIRONMENT=.venv-oracles $(BIN)/uv sync --frozen --quiet --only-group oracles
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -rs tests/services/evidence/test_other_programs.py

readers: setup ## Install what reads data sets into .venv-readers, and have it read some
	@UV_PROJECT_ENVIRONMENT=.venv-readers $(BIN)/uv sync --frozen --quiet --only-group readers
	@$(PYTEST) -m slow -rs tests/services/exports

format: setup ## Format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

check: lint test ## The whole truth: lint and test

bench: setup ## Measure speed, memory and storage, and other watchers beside ours
	@$(BIN)/python -m bench

quality: setup ## Tell how well every page is read, and what is not
	@$(BIN)/python -m bench.quality

pictures: setup ## Take the pictures of README.md from the running monitor; needs Chromium
	@$(BIN)/python -m bench.pictures

fuzz: setup ## Break COUNT pages (100000) and see that none makes a false version
	@$(BIN)/python -m bench.fuzz --count $(COUNT)

clean: ## Remove .venv, those beside it, and caches
	rm -rf .venv .venv-peers .venv-linters .venv-oracles .venv-readers .mypy_cache .ruff_cache .pytest_cache .hypothesis
