#!/bin/bash
# Every check of `make lint`; runs all of them and fails if one did.
# clang-tidy reads what changed since SINCE (default: the last commit but one), at the lowest priority, one file at a time: a file takes
# 1 to 5 s. TIDY=all reads everything, TIDY=0 nothing.
set -u
cd "$(dirname "$0")/.."
status=0
check() { echo "-- $1"; shift; "$@" || status=1; }

changed() {
  { git diff --name-only --diff-filter=d "${SINCE:-HEAD~1}"; git ls-files --others --exclude-standard; } | grep -E '\.(h|cpp)$' | while read -r file; do
    case $file in
      *.h) git grep -l -F "\"$file\"" -- 'runtime/*.cpp' 'jit/*.cpp' 'bridge/*.cpp' | head -n 1 ;;  # a header: through one file that sees it
      *) echo "$file" ;;
    esac
  done
}

compiled() {  # those of the files on standard input that the release build compiles
  sort -u | grep -E '^(runtime|jit|bridge)/' | grep -x -F -f <(sed -n "s|.*\"file\": \"$PWD/\(.*\)\".*|\1|p" build/release/compile_commands.json)
}

tidy() {
  if [ "${TIDY:-changed}" = all ]; then git ls-files '*.cpp'; else changed; fi | compiled |
    xargs -r -n 1 nice -n 19 clang-tidy-22 -p build/release --quiet --warnings-as-errors='*' 2> >(grep -v ' warnings\? generated\.$')
}

check clang-format bash -c "git ls-files '*.h' '*.cpp' | xargs -r clang-format-22 --dry-run --Werror"
check 'ruff check' .venv/bin/ruff check -q .
check 'ruff format' .venv/bin/ruff format -q --check .
check mypy .venv/bin/mypy --no-error-summary
if [ "${TIDY:-changed}" != 0 ]; then check clang-tidy tidy; fi
[ $status = 0 ] && echo 'lint: nothing to report'
exit $status
