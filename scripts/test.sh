#!/bin/sh
# Runs all tests; arguments go to pytest, which then runs once. pytest's summary is the last line. Where Node or a registry
# is missing, the tests that need the servers of others are skipped with the reason.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh dev
sh scripts/chromium.sh
sh scripts/servers.sh || true
sh scripts/node.sh || true
if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi
# Most of them two files at a time; what talks to a browser or to servers of others alone, since it minds the time.
.venv/bin/python -m pytest -n 2 --dist loadfile -m "not browser and not servers"
exec .venv/bin/python -m pytest -m "browser or servers"
