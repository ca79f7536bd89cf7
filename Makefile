# The project's commands. GNU make 3.81 or newer, a POSIX shell, and Python 3.11 or newer with venv and pip.
# Another interpreter: make demo PYTHON=/path/to/python3.13

.DEFAULT_GOAL := help
.PHONY: help demo lab clean-demo test lint types imports pytest torture bench
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV   := .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python
PYTHON ?=
STORE  := notebooks/.notebook_assets
TOUR   := notebooks/01_tour.ipynb

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_NO_INPUT := 1

help:
	@echo 'make demo        run notebooks/01_tour.ipynb from top to bottom; write it as a page'
	@echo 'make lab         open the same notebook in JupyterLab'
	@echo 'make clean-demo  forget what the demo stored and wrote'
	@echo 'make test        everything that a change has to pass'
	@echo 'make torture     kill 2,000 processes at random moments of a backfill; takes some minutes'
	@echo 'make bench       measure, beside the reference; writes docs/benchmarks.md'
	@echo 'Parts of make test: make lint, make types, make imports, make pytest'

# --- what runs -------------------------------------------------------------------------------------------------------

demo: $(VENV)/.with-notebook
	@$(PY) notebooks/demo.py

lab: $(VENV)/.with-lab
	@NOTEBOOK_ASSETS_HOME="$(CURDIR)/$(STORE)" $(PY) -m jupyter lab $(TOUR)

clean-demo:
	@rm -rf $(STORE) notebooks/*.html notebooks/executed
	@echo 'The demo has forgotten its store and its pages.'

test: lint types imports pytest

lint: $(VENV)/.with-test
	@echo '--- ruff check'
	@$(PY) -m ruff check --quiet
	@echo '--- ruff format --check'
	@$(PY) -m ruff format --check

types: $(VENV)/.with-test
	@echo '--- mypy'
	@$(PY) -m mypy --no-error-summary

imports: $(VENV)/.with-test
	@echo '--- lint-imports'
	@$(BIN)/lint-imports > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

pytest: $(VENV)/.with-test
	@echo '--- pytest: tests, doctests, README, notebooks, browser'
	@$(PY) -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

torture: $(VENV)/.with-test
	@PYTHONPATH=. $(PY) tests/store/killed_processes.py 2000
	@PYTHONPATH=. $(PY) tests/store/killed_housekeeping.py 500

bench: $(VENV)/.with-notebook $(VENV)/.with-bench
	@$(PY) benchmarks/bench.py

# --- what it runs in -------------------------------------------------------------------------------------------------

# One stamp for each set of requirements: pip runs only if pyproject.toml is newer, or the environment was made anew.
$(VENV)/.with-%: pyproject.toml $(VENV)/.made
	@echo 'Installing notebook-assets[$*] into $(VENV) (the first time takes a minute or two)'
	@$(PY) -m pip install --quiet --editable '.[$*]'
	@touch $@

# An environment whose Python has gone (an upgrade, say) is made anew.
ifneq ($(shell $(PY) -c 'print("sound")' 2> /dev/null),sound)
.PHONY: $(VENV)/.made
endif

# The first Python that is new enough and can make an environment. A sound environment that is there already is kept.
$(VENV)/.made:
	@if $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then touch $@; exit 0; fi; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
	    found=$$python; \
	    echo "Making $(VENV) with $$($$python --version)"; \
	    if $$python -m venv --clear $(VENV) && $(PY) -m pip --version > /dev/null; then touch $@; exit 0; fi; \
	done; \
	if [ -n "$$found" ]; then \
	    echo "$$found could not make $(VENV); see above. Debian and Ubuntu have the missing part in python3-venv." >&2; \
	else \
	    echo 'This needs Python 3.11 or newer, and none is in PATH. Name one: make demo PYTHON=/path/to/python3.13' >&2; \
	fi; exit 1
