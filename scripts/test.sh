#!/bin/sh
# Runs all tests; arguments go to pytest. pytest's summary is the last line. Where Node or a registry is missing, the
# tests that need the servers of others are skipped with the reason.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh dev
sh scripts/chromium.sh
sh scripts/servers.sh || true
sh scripts/node.sh || true
exec .venv/bin/python -m pytest "$@"
