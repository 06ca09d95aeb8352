#!/bin/sh
# Runs all tests; arguments go to pytest, which then runs once. pytest's summary is the last line. Where Node or a registry
# is missing, the tests that need the servers of others are skipped with the reason.
set -eu
cd "$(dirname "$0")/.."
# Without what Python and pytest keep of a file, every process would compile all of them again.
unset PYTHONDONTWRITEBYTECODE

# What only the second part needs arrives beside what comes before it; what was said meanwhile stands before that part.
told=$(mktemp -d)
trap 'wait; rm -rf "$told"' EXIT
sh scripts/chromium.sh >"$told/chromium" 2>&1 &
sh scripts/setup.sh dev
sh scripts/servers.sh >"$told/servers" 2>&1 &
sh scripts/node.sh || true
arrived() {
    wait
    cat "$told/chromium" "$told/servers"
}

if [ $# -gt 0 ]; then
    arrived
    .venv/bin/python -m pytest "$@"
    exit
fi
# Two files at a time; first what talks neither to a browser nor to servers of others.
.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/browser --ignore tests/servers
arrived
# A walk that failed is walked once more, and listed as RERUN: a busy machine is no defect, a defect fails twice.
.venv/bin/python -m pytest -n 2 --dist loadfile --reruns 1 -rR tests/browser tests/servers
