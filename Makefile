# sonla-api: `make run` starts it, `make test` proves it.
.PHONY: help run test check fuzz hostile format migration lock sbom setup bench torture faults anywhere
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Tests and checks start many processes, each of which would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
	--no-emit-index-url --no-strip-extras --no-header --no-annotate

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 16

run: ## start PostgreSQL, API and docs with the real records (SONLA_PORT, else 8000)
	@scripts/venv local
	@PYTHONOPTIMIZE=2 SONLA_PUBLIC_READ=$${SONLA_PUBLIC_READ:-true} exec $(BIN)/sonla serve --prepare --with-parent

test: ## run the tests on a PostgreSQL of their own (ARGS="-k partners")
	@scripts/venv dev
	@exec $(BIN)/python -m sonla_api.embedded -- $(BIN)/pytest -n 2 --dist worksteal -m "not browser" $(ARGS)

check: ## run every check there is, the tests with coverage among them
	@scripts/venv dev
	@scripts/check

fuzz: ## attack every operation as each kind of caller, 50 examples each
	@scripts/venv dev
	@$(BIN)/python -m scripts.fuzz anonymous=50 read-only=50 agency=50 administrator=50

hostile: ## attack every resource by hand: 1,600 requests each, and what twice the input costs
	@scripts/venv dev
	@$(BIN)/python -m hostile

format: ## put the code into its form, and its size into ARCHITECTURE.md
	@scripts/venv dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/python scripts/lines.py --write

migration: ## write the migration that changed models need (NAME=gifts)
	@scripts/venv dev
	@env -u SONLA_TEST_DATABASE_URL $(BIN)/python -m sonla_api.embedded -- scripts/migration "$(NAME)"

sbom: ## write what the service is made of into dist/sonla-api.cdx.json (CycloneDX)
	@scripts/venv dev
	@mkdir -p dist
	@$(BIN)/python -W 'ignore:The Component this BOM' -m cyclonedx_py requirements requirements/runtime.txt --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file dist/sonla-api.cdx.json

setup: ## install what `make check` and `make bench` need beside Python (Debian)
	@scripts/setup

bench: ## measure against peers (QUICK=1, PEERS=directus,postgraphile)
	@scripts/venv dev
	@$(BIN)/python -m bench

torture: ## kill the service and its PostgreSQL under load, and count what was promised
	@scripts/venv dev
	@$(BIN)/python -m torture

faults: ## freeze, fill, cut off and slow down what is around the service (NAMES="frozen full")
	@scripts/venv dev
	@$(BIN)/python -m torture.faults

anywhere: ## try run and test in fresh clones: as root, as a user, offline, on a server (CASES="user")
	@python3 scripts/anywhere.py

lock: ## resolve the dependencies of pyproject.toml anew into requirements/
	@scripts/venv dev
	@$(LOCK) --output-file requirements/runtime.txt
	@$(LOCK) --constraints requirements/runtime.txt --extra embedded --group build \
		--output-file requirements/local.txt
	@$(LOCK) --constraints requirements/local.txt --extra redis --output-file requirements/redis.txt
	@$(LOCK) --constraints requirements/local.txt --extra embedded --extra redis --group build --group dev \
		--output-file requirements/dev.txt
