# px's commands. `make` alone lists them. Everything that is made lies in build/, dist/ and .venv/.
PYTHON ?= python3
JOBS ?= $(shell nproc)
# Arguments for the command behind a target: make bench ARGS="--targets", make test ARGS="-k sieve"
ARGS ?=

venv := .venv/bin
stamps := build/.stamps
clang := clang++-22
pytest = $(venv)/python -m pytest -n $(JOBS)
ctest = ctest --test-dir build/$(1) -j$(JOBS) --output-on-failure --timeout 120 --no-tests=ignore

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup bench test test-cpp test-asan test-tsan fuzz faults conformance debug profile wheel lint format docs clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(stamps)/python build-release  ## install what is missing, build, and install px into .venv
	@$(venv)/python tools/develop.py --build build/release

bench: setup  ## run px bench (ARGS="--targets", "--json out.json", …)
	@$(venv)/px bench $(ARGS)

test: setup  ## run all tests in the release build (ARGS goes to pytest)
	@$(call ctest,release)
	@$(pytest) $(ARGS)

test-cpp: setup  ## run the C++ tests alone (ARGS goes to ctest: ARGS="-R Arena")
	@$(call ctest,release) $(ARGS)

fuzz: setup  ## run random programs in every tier, and damaged code, formats and requests (ARGS="--kind code --seconds 1800 --seed 1")
	@PYTHONPATH=tests/python $(venv)/python -m fuzz $(ARGS)

faults: setup  ## make every allocation of the programs in tests/python/faults.py fail once (ARGS="--tier interp --program lists_and_back")
	@PYTHONPATH=tests/python $(venv)/python -m faults $(ARGS)

conformance: setup  ## run Numba's own test functions and numba_stats against what Numba makes of them (ARGS="--tier native test_builtins")
	@PYTHONPATH=tests $(venv)/python -m conformance.agreement $(ARGS)

test-asan: $(stamps)/python build-asan  ## run the tests under the address and undefined-behaviour sanitizers (SHORT=1: a selection)
	@$(call asan,detect_leaks=1) $(call ctest,asan)
	@$(venv)/python tools/develop.py --build build/asan --site build/asan/site
	@$(call asan,detect_leaks=0) PYTHONMALLOC=malloc PYTHONPATH=$(CURDIR)/build/asan/site $(call preload,asan) $(pytest) -p no:faulthandler $(sanitizer_pytest) $(ARGS)

test-tsan: $(stamps)/python build-tsan  ## run the tests under the thread sanitizer (SHORT=1: a selection)
	@$(tsan) $(call ctest,tsan)
	@$(venv)/python tools/develop.py --build build/tsan --site build/tsan/site
	@$(tsan) PYTHONPATH=$(CURDIR)/build/tsan/site $(call preload,tsan) $(pytest) -p no:faulthandler $(sanitizer_pytest) $(ARGS)

debug: $(stamps)/python build-debug  ## build with assertions and debug information, in build/debug
	@$(venv)/python tools/develop.py --build build/debug --site build/debug/site
	@echo 'Use it with PYTHONPATH=build/debug/site $(venv)/python'

profile: $(stamps)/python build-profile  ## count what the interpreter runs, and rank what could be one instruction (ARGS="--rows 60")
	@$(venv)/python tools/develop.py --build build/profile --site build/profile/site
	@PYTHONPATH=build/profile/site $(venv)/python tools/profile.py $(ARGS)

wheel: $(stamps)/python  ## make a wheel in dist/ that needs no LLVM where it is installed
	@rm -rf dist && $(venv)/python -m pip wheel -q --no-build-isolation --no-deps --wheel-dir dist .
	@$(venv)/python tools/check_wheel.py dist/*.whl

lint: $(stamps)/lint configure-release  ## check formatting, types and common mistakes in what changed (TIDY=all: in everything)
	@tools/lint.sh

format: $(stamps)/lint  ## format C++ and Python in place
	@git ls-files '*.h' '*.cpp' | xargs -r clang-format-22 -i
	@$(venv)/ruff check -q --fix --select I . ; $(venv)/ruff format -q .

docs: setup  ## write docs/language.md from the table of built-ins
	@$(venv)/python tools/language_page.py

clean:  ## remove what was built (not .venv)
	@rm -rf build dist python/px/bench python/px/*.so *.egg-info python/*.egg-info

# --- what the targets above stand on ---------------------------------------------------------------------------------------------

$(stamps)/packages: tools/packages.txt tools/packages.sh
	@tools/packages.sh tools/packages.txt
	@mkdir -p $(@D) && touch $@

.venv/pyvenv.cfg: | $(stamps)/packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "px needs Python 3.11 or newer; make PYTHON=…")'
	@$(PYTHON) -m venv .venv

# pip runs only when the requirements themselves changed, not at each edit of setup.cfg.
$(stamps)/python: setup.cfg pyproject.toml tools/requirements.py .venv/pyvenv.cfg $(stamps)/packages
	@$(venv)/python tools/requirements.py numba bench test > $(stamps)/requirements.new
	@cmp -s $(stamps)/requirements.new .venv/px-requirements.txt || { \
	  echo 'Installing Python packages' && $(venv)/python -m pip install -q --disable-pip-version-check -r $(stamps)/requirements.new && \
	  cp $(stamps)/requirements.new .venv/px-requirements.txt; }
	@touch $@

$(stamps)/lint: $(stamps)/python tools/packages-lint.txt
	@tools/packages.sh tools/packages-lint.txt
	@$(venv)/python tools/requirements.py lint > $(stamps)/requirements-lint.txt
	@$(venv)/python -m pip install -q --disable-pip-version-check -r $(stamps)/requirements-lint.txt
	@touch $@

.PHONY: $(foreach preset,release debug profile asan tsan,configure-$(preset) build-$(preset))
configure-release configure-debug configure-profile configure-asan configure-tsan: configure-%: $(stamps)/python
	@test -f build/$*/build.ninja || cmake --preset $* > $(stamps)/configure-$*.log || { cat $(stamps)/configure-$*.log; exit 1; }

build-release build-debug build-profile build-asan build-tsan: build-%: configure-%
	@set -o pipefail; NINJA_STATUS='[%f/%t] ' flock $(stamps)/lock-$* cmake --build build/$* -j $(JOBS) | { grep -v '^ninja: no work to do' || true; }

# ASAN: the fake stack of use-after-return is off, since px compares addresses on the stack with its limit. What is too large to be
# allocated is a MemoryError, as without a sanitizer.
asan = ASAN_OPTIONS=detect_stack_use_after_return=0:allocator_may_return_null=1:$(1) UBSAN_OPTIONS=print_stacktrace=1
# TSAN: a forked child may start threads of its own, as px's does.
tsan = TSAN_OPTIONS=suppressions=$(CURDIR)/tools/tsan.supp:halt_on_error=1:die_after_fork=0:allocator_may_return_null=1
# Python is not instrumented: the sanitizer is preloaded, with libstdc++ so that it finds the functions that it wraps.
preload = LD_PRELOAD="$(shell $(clang) -print-file-name=libclang_rt.$(1)-$(shell uname -m).so) $(shell $(clang) -print-file-name=libstdc++.so.6)"
sanitizer_pytest = --timeout 900 -m "not slow" $(if $(SHORT),$(shell cat tools/sanitizer-tests.txt))
