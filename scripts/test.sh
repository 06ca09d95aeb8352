#!/bin/sh
# Runs all tests; arguments go to pytest. pytest's summary is the last line.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh dev
sh scripts/chromium.sh
exec .venv/bin/python -m pytest "$@"
