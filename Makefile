# Every verb does its own set-up on a machine that has Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark
CHROMIUM := $(VENV)/.chromium
POSTGRES := $(VENV)/.postgres
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test lint types soak bench evaluate peers docs words lock clean

demo: $(RUNS)  ## a simulated Vietnamese shop, served in the browser (Ctrl-C ends it)
	$(BIN)/thang demo

test: $(READY) $(SPARK) $(CHROMIUM) $(POSTGRES) lint  ## what CI runs
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not soak"

lint: $(READY) $(SPARK)  ## style, types, floors, purity
	$(BIN)/ruff check src tests benchmarks evaluation
	$(BIN)/ruff format --check src tests benchmarks evaluation
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports --no-cache

soak: $(READY) $(SPARK) $(POSTGRES)  ## the long runs: more customers, more kills, more examples
	$(BIN)/python -m pytest -m "soak or hypothesis" --hypothesis-profile soak
	$(BIN)/python -m pytest tests/workspace -m "not soak and not once" --on-server

bench: $(READY) $(SPARK)  ## ratios within one run; writes benchmarks/results.md
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.lifetime
	$(BIN)/python -m benchmarks.judging

evaluate: $(READY)  ## judged on invented shops whose truth is known; writes evaluation/report.md
	$(BIN)/python -m evaluation.run

peers: $(READY)  ## other engines of lifetime value as judges of ours
	$(PIP) --require-hashes -r requirements/peers.lock
	$(BIN)/python -m pytest tests/river/lifetime/test_peers.py

docs: $(READY)  ## the generated pages
	$(BIN)/python -m thang.policy.reference
	$(BIN)/python -m thang.policy.playbook.reference

words: $(READY)  ## the Vietnamese catalogue, with what is still to translate
	$(BIN)/python -m thang.web.words.upkeep

lock:  ## resolve the locks anew (needs uv); names, versions and hashes only
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		requirements/runtime.in -o requirements/runtime.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		requirements/dev.in -c requirements/runtime.lock -o requirements/dev.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		requirements/spark.in -c requirements/dev.lock -o requirements/spark.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		requirements/peers.in -c requirements/dev.lock -o requirements/peers.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		--no-deps requirements/build.in -c requirements/dev.lock -o requirements/build.lock

# What Thang itself runs on. Bytecode is written as modules are first used, which is sooner done.
$(RUNS): requirements/runtime.lock requirements/build.lock pyproject.toml hatch_build.py
	$(PYTHON) -c 'import sys; sys.exit("Thang needs Python 3.11 or newer: set PYTHON=python3.12, say.") if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --no-compile --require-hashes -r requirements/runtime.lock
	$(PIP) --no-compile --require-hashes --no-deps -r requirements/build.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $(RUNS)

$(READY): $(RUNS) requirements/dev.lock
	$(PIP) --require-hashes -r requirements/dev.lock
	touch $(READY)

# Spark is the scale-out engine: its tests run where there is Java, and skip by name where there is none.
$(SPARK): $(READY) requirements/spark.lock
	if command -v java >/dev/null 2>&1; then \
		$(PIP) --require-hashes -r requirements/spark.lock; \
	else echo "no Java here: the Spark tests will be skipped"; fi
	touch $(SPARK)

# A team's record is tested on the system's PostgreSQL: installed where that may be done.
$(POSTGRES): $(READY)
	if ! $(BIN)/python -m tests.servers && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null || true; fi
	$(BIN)/python -m tests.servers || echo "no PostgreSQL here: the tests on a server will be skipped"
	touch $(POSTGRES)

# Pages are tested in the system's Chromium: installed where that may be done, else missed by name.
$(CHROMIUM): $(READY)
	if ! $(BIN)/python -m tests.browser.chromium && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		apt-get update -qq && apt-get install -y -qq chromium fonts-noto-core >/dev/null || true; fi
	$(BIN)/python -m tests.browser.chromium || echo "no Chromium here: the browser tests will be skipped"
	touch $(CHROMIUM)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
