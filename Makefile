# The commands of Rubrika. `make` lists them.

PYTHON ?= python3
VENV ?= .venv
IN ?= data/samples/page.txt
OUT ?=
TABLE ?= data/samples/page_tags.csv
REPORT ?=
FOLDER ?= mlruns/team
PORT ?= 5000
FOREIGN ?= ../shared/eval/dev.csv

BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHAMPION := models/champion

MAKEFLAGS += --no-print-directory
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*##.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

predict: $(READY) | $(CHAMPION)  ## tag the sample page, or IN=…, to the terminal or to OUT=…
	@$(BIN)/rubrika predict "$(IN)" $(if $(OUT),--out "$(OUT)",--format table)

train: $(READY)  ## train on data/headlines.csv; the better model becomes models/champion
	@$(BIN)/rubrika train

test: $(READY)  ## pass every test
	@$(BIN)/python -m pytest

test-spark: $(READY)  ## install the extra spark (and Java, where it is missing) and test tagging on a cluster
	@command -v java > /dev/null || { apt-get update -qq && apt-get install -qq --yes openjdk-17-jre-headless; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[spark]"
	@$(BIN)/python -m pytest tests/test_spark.py tests/test_spark_served.py

test-team: $(READY)  ## start a team's server (PostgreSQL, MLflow) and pass the registry's tests against it
	@$(MAKE) team-ready
	@$(BIN)/python tests/team.py tests/test_registry.py tests/test_killed.py tests/test_team.py tests/test_pending.py

team-server: $(READY)  ## serve the experiments of a team from this machine: MLflow on PostgreSQL, in FOLDER=…, PORT=…
	@$(MAKE) team-ready
	@$(BIN)/python -m pipeline.registry.team "$(FOLDER)" --port "$(PORT)"

team-ready:
	@ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || { apt-get update -qq && apt-get install -qq --yes postgresql; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[team]"

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

kills: $(READY)  ## kill works at 200 random moments each, and fill the disk (root); writes models/report/kills.md
	@$(BIN)/python tests/kills.py --report models/report/kills.md > /dev/null

regex: $(READY)  ## time every regular expression on texts made to slow it; writes models/report/regex.md
	@$(BIN)/python tests/regexes.py models/report/regex.md

fuzz: $(READY)  ## read 200,000 malformed inputs; writes models/report/fuzz.md
	@$(BIN)/python tests/fuzz.py --count 200000 --report models/report/fuzz.md

bench: $(READY) | $(CHAMPION)  ## measure speed against fastText and scikit-learn; writes models/report/speed.*
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[bench]"
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/rubrika bench

bench-training: $(READY)  ## measure trainings of 25,000 to 1,000,000 headlines; writes models/report/growth.*
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.growth 25000 50000 100000 200000 1000000

review-simulation: $(READY)  ## measure what review gains over labelling at random; writes models/report/review.*
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.review.gained

docs: $(READY) | $(CHAMPION)  ## run the commands in the documents and write their outputs anew
	@$(BIN)/python -m pipeline.weave README.md data/README.md

dashboard: $(READY)  ## draw what `make ui` shows of a champion's history; writes models/report/registry.png
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -qq --yes chromium; }
	@$(BIN)/python tests/dashboard.py models/report/registry.png

ui: $(READY)  ## show the experiments and the champion's history (#/models/rubrika) in a browser (MLflow)
	@$(BIN)/mlflow ui --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}"

lock: $(READY)  ## resolve the versions anew into requirements.lock
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

$(CHAMPION): | $(READY)
	@$(BIN)/rubrika train

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "found Python %d.%d; expected 3.11 or later; name one by make PYTHON=…" % sys.version_info[:2])'
	$(PYTHON) -m venv "$(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$@"
