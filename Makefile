# The commands of Rubrika. `make` lists them.

PYTHON ?= python3
VENV ?= .venv
IN ?= data/samples/page.txt
OUT ?=
TABLE ?= data/samples/page_tags.csv
REPORT ?=
FOREIGN ?= ../shared/eval/dev.csv

BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHAMPION := models/champion
SUPPLY := $(VENV)/supply

MAKEFLAGS += --no-print-directory
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.DEFAULT_GOAL := help
.PHONY: help predict train test test-spark check evaluate experiment layouts drift-check fuzz-model kills regex sbom audit-supply fuzz bench bench-training docs ui lock

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

predict: $(READY) | $(CHAMPION)  ## tag the sample page, or IN=…, to the terminal or to OUT=…
	@$(BIN)/rubrika predict "$(IN)" $(if $(OUT),--out "$(OUT)",--format table)

train: $(READY)  ## train on data/headlines.csv; the better model becomes models/champion
	@$(BIN)/rubrika train

test: $(READY)  ## pass every test
	@$(BIN)/python -m pytest

test-spark: $(READY)  ## install the extra spark (and Java, where it is missing) and test tagging on a cluster
	@command -v java > /dev/null || { apt-get update -qq && apt-get install -qq --yes openjdk-17-jre-headless; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[spark]"
	@$(BIN)/python -m pytest tests/test_spark.py

check: $(READY)  ## format, lint, types, docstrings
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/pydoclint -q pipeline

evaluate: $(READY) | $(CHAMPION)  ## measure the champion on a labelled table, TABLE=…, and draw REPORT=…
	@$(BIN)/rubrika evaluate "$(TABLE)" $(if $(REPORT),--report "$(REPORT)")

experiment: $(READY)  ## try features and classifiers, each a tracked run; writes models/README.md
	@$(BIN)/rubrika experiment $(if $(wildcard $(FOREIGN)),--foreign "$(FOREIGN)")

layouts: $(READY)  ## measure how well headlines are found on pages of ten builds; writes models/report/layouts.md
	@PYTHONPATH=. $(BIN)/python tests/layouts.py models/report/layouts.md

drift-check: $(READY) | $(CHAMPION)  ## compare unlike batches and 100 random halves of the corpus; writes models/report/drift.md
	@$(BIN)/python tests/drifting.py --report models/report/drift.md > /dev/null

fuzz-model: $(READY)  ## change every byte of a small model, signed anew; writes models/report/model_bytes.md
	@$(BIN)/python tests/model_fuzz.py 1 models/report/model_bytes.md > /dev/null

kills: $(READY)  ## kill works at 200 random moments each, and fill the disk (root); writes models/report/kills.md
	@$(BIN)/python tests/kills.py --report models/report/kills.md > /dev/null

regex: $(READY)  ## time every regular expression on texts made to slow it; writes models/report/regex.md
	@$(BIN)/python tests/regexes.py models/report/regex.md

sbom: $(READY) $(SUPPLY)  ## list what is installed in models/sbom.json (CycloneDX), its licences in models/report/licences.md
	@$(SUPPLY)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible -o models/sbom.json
	@$(BIN)/python tests/supply.py licences models/report/licences.md

audit-supply: $(READY) $(SUPPLY)  ## ask for known weaknesses of what requirements.lock installs
	@$(SUPPLY)/bin/pip-audit --disable-pip --require-hashes -r requirements.lock -f json -o $(SUPPLY)/audit.json > /dev/null 2>&1 || true
	@$(BIN)/python tests/supply.py audit $(SUPPLY)/audit.json

fuzz: $(READY)  ## read 200,000 malformed inputs; writes models/report/fuzz.md
	@$(BIN)/python tests/fuzz.py --count 200000 --report models/report/fuzz.md

bench: $(READY) | $(CHAMPION)  ## measure speed against fastText and scikit-learn; writes models/report/speed.*
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[bench]"
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/rubrika bench

bench-training: $(READY)  ## measure trainings of 25,000 to 1,000,000 headlines; writes models/report/growth.*
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.growth 25000 50000 100000 250000 500000 1000000

docs: $(READY) | $(CHAMPION)  ## run the commands in the documents and write their outputs anew
	@$(BIN)/python -m pipeline.weave README.md data/README.md

ui: $(READY)  ## show the experiments in a browser (MLflow)
	@$(BIN)/mlflow ui --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}"

lock: $(READY)  ## resolve the versions anew into requirements.lock
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

$(SUPPLY):
	@$(PYTHON) -m venv "$@"
	@$(SUPPLY)/bin/pip install -q --disable-pip-version-check "cyclonedx-bom>=7" "pip-audit>=2.10"

$(CHAMPION): | $(READY)
	@$(BIN)/rubrika train

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "found Python %d.%d; expected 3.11 or later; name one by make PYTHON=…" % sys.version_info[:2])'
	$(PYTHON) -m venv "$(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$@"
