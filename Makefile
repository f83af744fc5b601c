# Two commands are all a user needs: `make run` and `make test`. Everything else is listed by `make help`.
.PHONY: run test smoke build bench fuzz format lint clean help
.DEFAULT_GOAL := help

WEIR := .build/release/weir
ROUNDS ?= 5
SECONDS ?= 4

run: build ## Build a release binary and serve Examples/quickstart on port 8080 with echo backends
	exec $(WEIR) run -f Examples/quickstart --echo --port-offset 8000 $(FLAGS)

test: ## Format lint, unit and golden tests, scenario tests against the release binary
	scripts/test.sh

smoke: build ## Run the README's commands and compare the answers
	scripts/readme-smoke.py

build: ## Build the release binary .build/release/weir
	scripts/build-release.sh

bench: build ## Compare with nginx, HAProxy, Envoy, Caddy and a C relay (ROUNDS=5 SECONDS=4)
	Benchmarks/versus/setup.sh
	Benchmarks/.venv/bin/python Benchmarks/versus/versus.py --rounds $(ROUNDS) --seconds $(SECONDS) $(FLAGS)

fuzz: ## Run every fuzz target for a bounded time
	Fuzz/run.sh

format: ## Format the Swift sources
	scripts/format.sh

lint: ## Check the format of the Swift sources
	scripts/format.sh --lint

clean: ## Remove what was built and installed here
	rm -rf .build .venv Benchmarks/.venv Benchmarks/.build Benchmarks/micro/.build Fuzz/.build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
