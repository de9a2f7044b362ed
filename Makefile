# All set-up is here: a machine with git, make and Python 3.11+ needs nothing else.
PYTHON ?= python3
export UV_PROJECT_ENVIRONMENT := .venv
export UV_COMPILE_BYTECODE := 1
STAMP := .venv/.locked

.PHONY: help run test setup check serve clean bench sbom
help:            ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  /'

run: $(STAMP)    ## set up, then run the main job: report and warehouse under ./var
	.venv/bin/deflation run

test: $(STAMP)   ## set up, then run the tests
	.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

setup: $(STAMP)  ## the set-up alone: an isolated .venv with the locked dependencies

check: $(STAMP)  ## lint, types, import contracts, definitions
	.venv/bin/ruff check .
	.venv/bin/ruff format --check --quiet .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/dg check defs

serve: $(STAMP)  ## the Dagster UI with its daemon
	.venv/bin/deflation serve

bench: $(STAMP)  ## time the whole job, per stage
	.venv/bin/python -m benchmarks.run_job

sbom: $(STAMP)   ## list what an installation is made of (CycloneDX) in artifacts/sbom.json
	mkdir -p artifacts && .venv/bin/uv export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file artifacts/sbom.json

clean:           ## remove the environment (state in ./var stays)
	rm -rf .venv

$(STAMP): pyproject.toml uv.lock deploy/uv.txt
	$(PYTHON) -c 'import sys; sys.exit("deflation needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python3.11" if not (3, 11) <= sys.version_info[:2] < (3, 14) else 0)'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes -r deploy/uv.txt
	.venv/bin/uv sync --frozen --inexact --quiet --python .venv/bin/python
	@touch $@
