#!/bin/sh
# The quick round before a commit: each step runs even if one before it failed; all must pass.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh dev
# Without what Python and pytest keep of a file, every process would compile all of them again.
unset PYTHONDONTWRITEBYTECODE

failed=
step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed $name"
}

# Without its cache mypy takes most of a minute on one processor, so it works beside the tests.
told=$(mktemp)
trap 'rm -f "$told"' EXIT
.venv/bin/mypy >"$told" 2>&1 &
mypy=$!
types() {
    ended=0
    wait "$mypy" || ended=$?
    cat "$told"
    return "$ended"
}

step format .venv/bin/ruff format --check .
step lint .venv/bin/ruff check .
step tests .venv/bin/python -m pytest -q -n 2 --dist loadfile -m "not slow and not browser and not servers"
step types types

if [ -n "$failed" ]; then
    printf '\nCallsmith: failed:%s (make format mends format and some of lint)\n' "$failed" >&2
    exit 1
fi
