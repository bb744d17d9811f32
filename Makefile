# make run       the app on http://127.0.0.1:8501, with a synthetic department until you load your own records
# make registry  the app on a registry of twelve invented hospitals: loaded, shipped, pooled
# make unit      what needs no home, no server and no browser: half a minute
# make test      what a change must pass: ten minutes on two cores
# make test-all  everything, with the whole grids of views, kills and browsers
# make columns   column guide, templates, sample and docs/rules.md anew, after a change of data/fields or of a rule
# make engine    figures counted by a Spark Connect server (Sail), in an environment of its own; see docs/registry.md
# make spark     Apache Spark into build/spark (500 MB), for the test of a cluster in test-all; needs Java 17
# make abuse     the drills of faults and attacks, whole: hundreds of kills, publishes, restores
# make hashes    docs/deployment/requirements-hashed.txt anew, after a change of requirements.txt
# make supply-chain  wheels for machines without internet, installed from them alone; bill of materials, licences, known holes
PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3))
PORT ?= 8501
# Two, or a worker for each core of a larger machine.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 2 ] && echo $$n || echo 2)
VENV := .venv
BIN := $(VENV)/bin
# Its client wants another pandas than the app.
ENGINE := .venv-engine

.PHONY: run registry unit test test-all engine spark abuse lint columns screenshots benchmarks hashes supply-chain clean

run: $(VENV)/runtime
	@$(BIN)/python -m etl demo --unless-loaded
	@echo "Vertebroplasty outcomes: http://127.0.0.1:$(PORT)"
	@$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

registry: $(VENV)/runtime
	@test -f data/registry/generations/CURRENT || $(BIN)/python -m etl.rehearsal
	@echo "A registry of invented hospitals: http://127.0.0.1:$(PORT)"
	@OUTCOMES_HOME=data/registry $(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

unit: $(VENV)/development
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not thorough" tests/unit

test: $(VENV)/development
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not thorough"

test-all: $(VENV)/development $(ENGINE)/ready
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	$(ENGINE)/bin/python -m pytest tests/engine

engine: $(VENV)/development $(ENGINE)/ready
	$(ENGINE)/bin/python -m pytest -m "not thorough" tests/engine

spark: $(VENV)/development
	$(BIN)/pip install --quiet --disable-pip-version-check --target build/spark --upgrade pyspark==4.2.0

abuse: $(VENV)/development
	$(BIN)/pytest tests/abuse tests/access

lint: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint queries etl data/schema.sql
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_names.py

columns: $(VENV)/development
	$(BIN)/python -m etl.operations.column_guide
	$(BIN)/python -m etl demo --procedures 60 --out data/sample
	$(BIN)/python -m etl.rules > docs/rules.md

screenshots: $(VENV)/development
	$(BIN)/python -m tests.browser.screenshots

benchmarks: $(VENV)/development
	$(BIN)/python -m tests.benchmarks $(PARTS)

# What makes it is in a place of its own: the product never runs beside it.
SUPPLY := .venv-supply
SUPPLIED := build/supply-chain
SUPPLY_TOOLS := pip-tools==7.6.2 cyclonedx-bom==7.5.0 pip-audit==2.10.1 pip-licenses==5.5.5
HASHED := docs/deployment/requirements-hashed.txt

# The licences are those of what was installed, not of a developer's tools. What asks for holes comes last: it may get no answer.
supply-chain: $(SUPPLY)/ready
	rm -rf $(SUPPLIED)
	$(SUPPLY)/bin/pip download --quiet --only-binary :all: --require-hashes -r $(HASHED) -d $(SUPPLIED)/wheelhouse
	$(PYTHON) -m venv $(SUPPLIED)/installed
	$(SUPPLIED)/installed/bin/pip install --quiet --no-index --find-links $(SUPPLIED)/wheelhouse --require-hashes -r $(HASHED)
	$(SUPPLY)/bin/cyclonedx-py requirements $(HASHED) --of JSON -o $(SUPPLIED)/sbom.cdx.json
	$(SUPPLY)/bin/pip-licenses --python $(SUPPLIED)/installed/bin/python --format csv --output-file $(SUPPLIED)/licences.csv
	$(SUPPLY)/bin/pip-audit --strict --disable-pip --require-hashes -r $(HASHED)

# Only when asked: hashes that follow by themselves would also follow a package that was changed.
hashes: $(SUPPLY)/ready
	echo '# Every package of requirements.txt with the hashes of its files. Made by `make hashes`.' > $(HASHED)
	$(SUPPLY)/bin/pip-compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--strip-extras --allow-unsafe -o - requirements.txt >> $(HASHED)

$(SUPPLY)/ready: $(VENV)/python
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/pip install --quiet --disable-pip-version-check $(SUPPLY_TOOLS)
	@touch $@

$(VENV)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: $(VENV)/python requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/development: $(VENV)/python requirements.txt requirements-extras.txt requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(VENV)/runtime $@

$(ENGINE)/ready: $(VENV)/python requirements-engine.txt
	$(PYTHON) -m venv $(ENGINE)
	$(ENGINE)/bin/pip install --quiet --disable-pip-version-check -r requirements-engine.txt
	@touch $@

clean:
	rm -rf $(VENV) $(ENGINE) $(SUPPLY) build .pytest_cache .ruff_cache .hypothesis
