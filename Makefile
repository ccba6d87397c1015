# The commands of Rubrika. `make` lists them.

PYTHON ?= python3
VENV ?= .venv
IN ?= data/samples/page.txt
OUT ?=
TABLE ?= data/samples/page_tags.csv
REPORT ?=
FOLDER ?= mlruns/team
PORT ?= 5000
ROWS ?= 20000000
MINUTES ?= 10
CHUNKS ?= 10000000
CACHE ?= models/embeddings
AGAIN ?=
FOREIGN ?= ../shared/eval/dev.csv
ARCHIVE ?= ../shared/eval/archive.txt.gz

BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHAMPION := models/champion
SUPPLY := $(VENV)/supply
SLOW := tests/test_bombs.py tests/test_kills.py tests/test_overload.py
SUITES = $(shell sed -n 's/^make \(test.*\)/\1/p' .ci/run)

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

test: $(READY)  ## pass every test that needs neither an extra nor a minute
	@$(BIN)/python -m pytest $(SLOW:%=--ignore %)

test-kills: $(READY)  ## kill works, let writes fail, read what grows, and ask a server more than it can do, each for some seconds
	@$(BIN)/python -m pytest $(SLOW)

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

test-browser: $(READY)  ## install the extra browser (and Chromium, where it is missing) and use the page as an editor does
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -qq --yes chromium; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[browser]"
	@$(BIN)/python -m pytest tests/test_browser.py

pictures: $(READY) | $(CHAMPION)  ## take the pictures of the page again, models/report/page.png and phone.png
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -qq --yes chromium; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[browser]"
	@PYTHONPATH=tests $(BIN)/python tests/pictures.py models/report

test-schema: $(READY)  ## install the extra schema and try the API with whatever its description allows, and does not
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[schema]"
	@$(BIN)/python -m pytest tests/test_schema.py

coverage: $(READY)  ## run the tests of .ci/run, and count the lines and branches of pipeline/ that they run; writes models/report/coverage.md
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[coverage]"
	@$(BIN)/coverage erase
	@COVERAGE_PROCESS_START="$(CURDIR)/pyproject.toml" COVERAGE_FILE="$(CURDIR)/.coverage" $(MAKE) $(SUITES)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage json --quiet -o "$(VENV)/coverage.json"
	@$(BIN)/python tests/covered.py "$(VENV)/coverage.json" models/report/coverage.md
	@$(BIN)/coverage report --sort cover --skip-covered --fail-under 95

check: $(READY)  ## format, lint, types, docstrings
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/pydoclint -q pipeline

serve: $(READY) | $(CHAMPION)  ## serve the page and the API on http://127.0.0.1:8000/
	@$(BIN)/rubrika serve

load: $(READY) | $(CHAMPION)  ## measure the API under load by wrk, installed where it is missing; writes models/report/serve.md
	@command -v wrk > /dev/null || { apt-get update -qq && apt-get install -qq --yes wrk; }
	@$(BIN)/python -m pipeline.serve.load models/report/serve.md

overload: $(READY) | $(CHAMPION)  ## ask a server twice what it can do for 10 minutes, or MINUTES=…; writes models/report/overload.md
	@$(BIN)/python tests/overload.py --minutes $(MINUTES) --report models/report/overload.md > /dev/null

evaluate: $(READY) | $(CHAMPION)  ## measure the champion on a labelled table, TABLE=…, and draw REPORT=…
	@$(BIN)/rubrika evaluate "$(TABLE)" $(if $(REPORT),--report "$(REPORT)")

held-out: $(READY) | $(CHAMPION)  ## measure the champion on the rows it was not trained on; writes models/report/held_out.md
	@$(BIN)/rubrika evaluate data/headlines.csv --held-out --report models/report/held_out.md

experiment: $(READY)  ## try features and classifiers, each a tracked run; writes models/README.md
	@$(BIN)/rubrika experiment $(if $(wildcard $(FOREIGN)),--foreign "$(FOREIGN)")

layouts: $(READY)  ## measure how well headlines are found on pages of ten builds; writes models/report/layouts.md
	@PYTHONPATH=. $(BIN)/python tests/layouts.py models/report/layouts.md

drift-check: $(READY) | $(CHAMPION)  ## compare unlike batches and 100 random halves of the corpus; writes models/report/drift.md
	@$(BIN)/python tests/drifting.py --report models/report/drift.md > /dev/null

fuzz-model: $(READY)  ## change every byte of a small model, signed anew; writes models/report/model_bytes.md
	@$(BIN)/python tests/model_fuzz.py 1 models/report/model_bytes.md > /dev/null

kills: $(READY)  ## kill works at 200 random moments each, let writes fail, and fill the disk (root); writes models/report/kills.md
	@$(BIN)/python tests/kills.py --report models/report/kills.md > /dev/null

mutants: $(READY)  ## change the stages, the model and evaluate in one place after the other: do the tests notice? AGAIN=1: new ones, and survivors without a reason
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[mutants]"
	@$(BIN)/python tests/mutation.py $(if $(AGAIN),again)

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

bench:  ## measure speed, then trainings, then large tables: the three below, some 45 minutes
	@$(MAKE) bench-speed
	@$(MAKE) bench-training
	@$(MAKE) bench-bulk

bench-speed: $(READY) | $(CHAMPION)  ## measure speed against fastText and scikit-learn; writes models/report/speed.*
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[bench]"
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/rubrika bench

peers: $(READY)  ## train fastText, a textbook's TF-IDF and e5 on the same rows; writes models/report/peers.md
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[bench]"
	@$(BIN)/rubrika evaluate data/headlines.csv --peers --cache "$(CACHE)" --report models/report/peers.md

adapt: $(READY)  ## learn from ARCHIVE=… too, judged on FOREIGN=…; writes models/adapted and models/report/adapt.md
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[adapt]"
	@$(BIN)/rubrika adapt "$(ARCHIVE)" $(if $(wildcard $(FOREIGN)),--judge "$(FOREIGN)") --report models/report/adapt.md

protocols: $(READY)  ## train without each origin, and on the years before a cut only; writes models/report/protocols.md
	@$(BIN)/rubrika evaluate data/headlines.csv --protocols --report models/report/protocols.md

bench-training: $(READY)  ## measure trainings of 25,000 to 1,000,000 headlines; writes models/report/growth.*
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.bench.growth 25000 50000 100000 200000 1000000

bench-bulk: $(READY) | $(CHAMPION)  ## measure tables of 20,000,000 headlines, or ROWS=…, and Spark; writes models/report/bulk.*
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[spark]"
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.bench.volume $(ROWS) $(CHUNKS)

review-simulation: $(READY)  ## measure what review gains over labelling at random; writes models/report/review.*
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pipeline.review.gained

docs: $(READY) | $(CHAMPION)  ## run the commands in the documents and write their outputs anew
	@$(BIN)/python -m pipeline.weave README.md data/README.md

dashboard: $(READY)  ## draw what `make ui` shows of a champion's history; writes models/report/registry.png
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -qq --yes chromium; }
	@$(BIN)/python tests/dashboard.py models/report/registry.png

ui: $(READY)  ## show the experiments and the champion's history (#/models/rubrika) in a browser (MLflow)
	@case "$$MLFLOW_TRACKING_URI" in \
	http*) echo "open $$MLFLOW_TRACKING_URI" ;; \
	*) $(BIN)/mlflow ui --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}" ;; esac

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
