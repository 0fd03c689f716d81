#!/bin/bash
# Every check of `make lint`; runs all of them and fails if one did. TIDY=0 leaves out clang-tidy, which takes minutes.
set -u
cd "$(dirname "$0")/.."
status=0
check() { echo "-- $1"; shift; "$@" || status=1; }

tidy() {  # only what the release build compiles
  git ls-files 'runtime/*.cpp' 'jit/*.cpp' 'bridge/*.cpp' | grep -F -f <(sed -n 's/.*"file": ".*\/\([^/]*\.cpp\)".*/\1/p' build/release/compile_commands.json) |
    xargs -r -n 4 -P "$(nproc)" clang-tidy-22 -p build/release --quiet --warnings-as-errors='*'
}

check clang-format bash -c "git ls-files '*.h' '*.cpp' | xargs -r clang-format-22 --dry-run --Werror"
check 'ruff check' .venv/bin/ruff check -q .
check 'ruff format' .venv/bin/ruff format -q --check .
check mypy .venv/bin/mypy --no-error-summary
if [ "${TIDY:-1}" != 0 ]; then check clang-tidy tidy; fi
[ $status = 0 ] && echo 'lint: nothing to report'
exit $status
