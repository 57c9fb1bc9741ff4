# Each target sets up what it needs: a virtual environment for the harness, and a Chromium if there is none.

PYTHON ?= python3
BIN := .venv/bin
PROFILE ?= quick
RUN ?= results/quick-all
APP ?= baseline
RUNS ?= $(wildcard $(addprefix results/,quick-all server-or-browser tax far load neighbours workers))
SPEED_RUNS ?= $(wildcard $(addprefix results/,reference tax far load neighbours workers))
SITE ?= results/site
TALK ?= results/talk

.PHONY: bench test lint report site talk load doctor calibrate speed faults verify new lock clean

bench: .venv/ready
	$(BIN)/pyuibench bench $(APPS) --profile $(PROFILE) $(ARGS)

# Four processes on two cores: an entry that is verified waits a third of the time or more, for answers that come word by word and
# jobs that sleep. All tests in one go, so that others use the cores meanwhile.
test: .venv/ready lint
	$(BIN)/pytest --numprocesses 4 --dist worksteal --durations 30

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/plain_language.py

verify: .venv/ready
	$(BIN)/pyuibench verify $(APPS)
	$(BIN)/pyuibench change $(APPS)

report: .venv/ready
	$(BIN)/pyuibench report $(RUN)

# The committed runs: the first is the one to show, the others add figures to it.
site: .venv/ready
	$(BIN)/pyuibench site $(RUNS) --out $(SITE)

talk: .venv/ready
	$(BIN)/pyuibench talk $(RUNS) --out $(TALK)

load: .venv/ready
	$(BIN)/pyuibench load $(APP) $(ARGS)

calibrate: .venv/ready
	$(BIN)/pyuibench calibrate

# How long commands take, against a limit each, which is for runs of idiomatic apps: a run of all variants has four times as many.
speed: .venv/ready
	$(BIN)/python -m pyuibench.calibration.tool_speed $(SPEED_RUNS)

# False alarms of audits on quiet runs, and faults that they find: an hour or more, of a machine that does nothing else.
faults: .venv/ready
	$(BIN)/python -m pyuibench.calibration.fault_injection results/faults $(ARGS)

doctor: .venv/ready
	$(BIN)/pyuibench doctor

new: .venv/ready
	$(BIN)/pyuibench new $(NAME)

# Pin every dependency of the harness anew, without addresses.
lock: .venv/ready
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -o requirements.lock

.venv/ready: requirements.lock pyproject.toml apps/workload/pyproject.toml setup.sh
	PYTHON=$(PYTHON) ./setup.sh
	touch $@

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache
