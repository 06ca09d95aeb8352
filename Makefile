.DEFAULT_GOAL := help
.PHONY: help run test test-servers check bench format frontend clean

PORT ?= 8501
ARGS ?=
BIN := .venv/bin

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what the app needs (once) and serve it on http://localhost:8501 (PORT=8502 for another port)
	@PORT=$(PORT) sh scripts/run.sh

test: ## Install what the tests need (once, Chromium included) and run all of them (ARGS="-k sse" for some)
	@sh scripts/test.sh $(ARGS)

test-servers: ## Only the tests against servers that others wrote (llama.cpp, aimock), installed into .servers once
	@sh scripts/setup.sh dev
	@sh scripts/servers.sh
	@$(BIN)/python -m pytest -m servers tests/servers $(ARGS)

check: ## Format, lint, types, layer rules and the fast tests: a minute or two
	@sh scripts/check.sh

bench: ## Measure speed, traffic and memory, in real Chromium where a page is meant (minutes)
	@sh scripts/setup.sh dev
	@sh scripts/chromium.sh
	@$(BIN)/python -m bench $(ARGS)

format: ## Format the code and mend what the linter can mend
	@sh scripts/setup.sh dev
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

frontend: ## Build the JSON editor from frontend/ into static/ (needs Node; the result is committed)
	@sh scripts/frontend.sh

clean: ## Remove the virtual environment, the test servers and caches; conversations in data/ stay
	@rm -rf .venv .servers frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
