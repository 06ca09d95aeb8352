#!/bin/sh
# Builds the JSON editor (frontend/) into static/, with the versions of frontend/package-lock.json. The result is
# committed: only who changes frontend/ needs Node and this.
set -eu
cd "$(dirname "$0")/../frontend"

fail() { printf 'Callsmith: %s\n' "$*" >&2; exit 1; }

command -v npm >/dev/null 2>&1 || fail "npm was not found; install Node 20 or newer (on Debian: apt-get install nodejs npm)."
npm ci --ignore-scripts --no-audit --no-fund --loglevel error ||
    fail "the packages of frontend/package-lock.json could not be installed, see above."
node build.mjs || fail "the build failed, see above; static/ is as it was."
ls -l ../static
