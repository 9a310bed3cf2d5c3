# Everything there is to do here, one recipe each. `make` alone lists them.
# `make run` and `make test` need Python 3.11 or newer and make, and nothing else: they set up what is missing in .venv.

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
# Stamps: what has been installed into .venv, and when.
RUNTIME := .venv/.runtime
DEV := .venv/.dev
PEERS := .venv/.peers
DISTRIBUTION := .venv/.distribution

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check lint format lock bench bench-peers mutants evidence attack newcomer client house surface docs build changelog clean

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
PIP_INSTALL := $(BIN)/python -m pip install -qq

# List the recipes.
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  PYTHON=python3.13 chooses the interpreter for .venv; ARGS='-k logout' goes to pytest, ARGS=--upgrade to lock."

# Leave .venv/bin/pass-simulator behind; once it is there, this costs nothing.
setup: $(RUNTIME) ## Set up .venv with the runtime and the pass-simulator command
	@:

# No flag of its own: PASS_SIMULATOR_* in the environment decides. The server's first line is the first line on stdout;
# from another directory that takes `make -s -C DIR run`, for make announces the directory otherwise.
run: $(RUNTIME) ## Start the simulator, setting up first if needed
	@exec $(BIN)/pass-simulator serve

# In parallel and in random order; ARGS='-n 0 -p no:randomly' for one at a time, in file order; ARGS=--cov
# shows which lines and branches were not run. What pytest makes of the tests is kept from one run to the
# next, also where the environment says otherwise: without, each worker spends ten seconds on it.
test check evidence: export PYTHONDONTWRITEBYTECODE :=
test: $(DEV) ## Run the tests, setting up first if needed (ARGS= goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

# The fast loop, some seconds: what needs no server, and what tests/changed.py finds for the changed files.
check: $(DEV) ## Run the pure tests and those of what differs from the last commit
	@$(BIN)/python -m pytest -q $$($(BIN)/python -m tests.changed) $(ARGS)

# The three gates of a change; none of them writes.
lint: $(DEV) ## Check style, formatting and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict

# What `lint` can put right by itself.
format: $(DEV) ## Sort imports, apply safe fixes and format
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

# Keeps the pins that still fit; ARGS=--upgrade moves all of them. One file serves every Python and platform.
lock: ## Write requirements.lock and requirements-dev.lock from pyproject.toml
	$(check_python)
	@echo "Locking dependencies …" >&2
	@$(PYTHON) -m venv --clear .venv/lock && .venv/lock/bin/python -m pip install -qq uv >&2
	@.venv/lock/bin/$(COMPILE) $(ARGS) -o requirements.lock pyproject.toml >&2
	@.venv/lock/bin/$(COMPILE) $(ARGS) -o requirements-dev.lock -c requirements.lock \
		--extra postgres --group dev pyproject.toml >&2
	@rm -rf .venv/lock

COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

# Ratios within one run, so that a busy machine does not matter much. ARGS=calls for one part, ARGS=full for the largest
# worlds, ARGS=--help for the others. PostgreSQL is the one that PASS_SIMULATOR_TEST_POSTGRES names, or a local one.
bench: $(DEV) ## Measure calls, the life of a test, a suite, PostgreSQL, growth, seeding, starting and a soak (some minutes)
	@$(BIN)/python -m tests.bench $(ARGS)

# With the journals of all on, with them off, and the life of a test. ARGS='--short --to DIR' only sees that it runs.
# Needs java (17 or newer), node and npm; what it compares with is installed into .venv/peers, some 400 MB. The
# simulator runs on DISTRIBUTION_PYTHON as well, where that is another one than in .venv.
DISTRIBUTION_PYTHON ?= /usr/bin/python3
bench-peers: $(DEV) $(PEERS) $(DISTRIBUTION) ## Measure the same work beside other mocks (some minutes)
	@$(BIN)/python -m tests.bench.peers $(ARGS)

# Files and lines, folders, circles, imports inside functions; tests/house holds them to what they must be.
house: $(DEV) ## Print the house in figures
	@$(BIN)/python -m tests.house

# Each change that a test of a decision or a promise has to notice, made in a copy of the tree.
mutants: $(DEV) ## See that the mutants listed in docs/decisions are still killed (a minute)
	@$(BIN)/python -m tests.mutants

# Each test that a row of simulator/evidence names, as it is and with its answers altered; ARGS=profiles for one file,
# ARGS=--summary for the figures alone.
evidence: $(DEV) ## See that what we claim of the backend is proven (some minutes)
	@$(BIN)/python -m tests.evidence $(ARGS)

# Kills, ended connections, full disks, fuzz, crowds and bombs; ARGS=full for all of it, ARGS=short for a look, ARGS='fuzz
# full' for one attack. On loopback, with a PostgreSQL cluster of its own where that is installed.
attack: $(DEV) ## See that it holds under attack, and count where not (some minutes)
	@$(BIN)/python -m tests.attack $(ARGS)

# On a laptop, in a suite, in a lab: what the pages say, word by word, in an empty folder with an empty home, and how
# long it takes; ARGS=lab for one of them. Packages come from PyPI, and what is done by hand needs a Chromium.
newcomer: $(DEV) ## Follow the documentation as a new user would, and count what it does not say (a minute or two)
	@$(BIN)/python -m tests.newcomer $(ARGS)

# Needs Node 20 or newer, npm, and for one of the examples a Chromium.
client: $(DEV) ## Build the TypeScript client, and test it as it is packed (a minute or two)
	@.ci/typescript-client

# For reviews: names and signatures of pass_simulator, help of the verbs, the admin API's document, the schema.
surface: $(DEV) ## Write what others rely on: tests/surface and scenarios/schema.json
	@$(BIN)/python -m tests.surface.surface

docs: $(DEV) ## Write the reference pages of the documentation from the code
	@$(BIN)/python -m tests.docs.reference

# The wheel is built from the sdist, so a file that the sdist lacks shows here.
build: $(DEV) ## Build the wheel and the sdist into dist/
	@rm -rf dist
	@$(BIN)/python -m build --quiet >&2
	@ls dist

# For a release: the version is that of simulator/__init__.py, and the fragments are removed. ARGS=--draft shows it only.
changelog: $(DEV) ## Write what .changelog holds into CHANGELOG.md, as the present version
	@$(BIN)/towncrier build --yes $(ARGS)

# Databases stay: they are somebody's state.
clean: ## Remove .venv, dist and every cache
	@rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find pass_simulator simulator tests migrations -name __pycache__ -prune -exec rm -rf {} +

# Everything that setting up has to say goes to stderr, and it says what it is doing.
$(RUNTIME): requirements.lock pyproject.toml
	$(check_python)
	$(call install,requirements.lock,30 s)
	@touch $@

# Holds all of the runtime too, so a fresh machine that starts with `make test` installs once.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml
	$(check_python)
	$(call install,requirements-dev.lock,45 s)
	@touch $(RUNTIME) $@

$(PEERS): tests/bench/peers/packages.txt
	@echo "Installing the peers …" >&2
	@mkdir -p .venv/peers
	@npm install --silent --no-audit --no-fund --prefix .venv/peers $$(sed -n 's/^npm //p' $<) >&2
	@$(PYTHON) -m venv --clear .venv/peers/python >&2
	@.venv/peers/python/bin/python -m pip install -qq $$(sed -n 's/^pip //p' $<) >&2
	@touch $@

# Where it cannot be, its rows are missing, and the next run tries again.
$(DISTRIBUTION): requirements.lock
	@rm -rf .venv/peers/distribution
	@if ! $(DISTRIBUTION_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "No rows of the distribution's Python: $(DISTRIBUTION_PYTHON) is not there, or older than 3.11." >&2; \
	elif [ "$$(readlink -f $(DISTRIBUTION_PYTHON))" = "$$(readlink -f $(BIN)/python)" ]; then \
		echo "No rows of the distribution's Python beside ours: it is the one in .venv." >&2; \
	elif $(DISTRIBUTION_PYTHON) -m venv .venv/peers/distribution >&2 \
		&& .venv/peers/distribution/bin/python -m pip install -qq --require-hashes -r $< >&2; then \
		touch $@; \
	else \
		rm -rf .venv/peers/distribution; \
		echo "No rows of the distribution's Python: see above; it may lack the package python3-venv." >&2; \
	fi

define check_python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "pass-simulator needs Python 3.11 or newer, and '$(PYTHON)' is" \
			"$$($(PYTHON) --version 2>/dev/null || echo 'not there')." \
			"Name one that is: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
endef

# A .venv that was interrupted, or whose interpreter is gone, is made anew.
define install
	@if [ -x $(BIN)/pip ] && $(BIN)/python -c '' 2>/dev/null; then \
		echo "Bringing .venv up to date …" >&2; \
	else \
		echo "Setting up .venv (once, about $(2), longer where the network or the machine is slow):" >&2; \
		echo "  An environment for it, by $$($(PYTHON) --version) …" >&2; \
		$(PYTHON) -m venv --clear .venv >&2; \
	fi
	@echo "  The packages of $(1) …" >&2
	@$(BIN)/python .ci/install $(1)
	@echo "  The simulator itself …" >&2
	@$(PIP_INSTALL) --no-deps -e . >&2
endef
