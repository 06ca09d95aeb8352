#!/bin/sh
# Installs TypeScript, zod and the openai package into .servers/node-export, once, for the tests that compile and run
# exported schemas, and code to take along.
# What cannot be had is said in one line, kept in .servers/node-export.missing as the reason those tests give when
# they are skipped, and makes the exit status 1.
set -eu
cd "$(dirname "$0")/.."

PACKAGES="typescript@5.9.3 zod@4.6.7 openai@7.59.0"
target=.servers/node-export
mkdir -p .servers

missing() {
    rm -rf "$target"
    printf '%s\n' "$1" >"$target.missing"
    printf 'Callsmith: the tests that run exported TypeScript and JavaScript are left out: %s.\n' "$1" >&2
    exit 1
}

if [ "$(cat "$target/.installed" 2>/dev/null)" = "$PACKAGES" ]; then
    exit 0
fi
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    missing "they need Node and npm (on Debian: apt-get install nodejs npm)"
fi
echo "Callsmith: installing TypeScript, zod and openai into .servers (once)"
rm -rf "$target" "$target.missing"
# shellcheck disable=SC2086  # one word a package
npm install --prefix "$target" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
    --fetch-retries 0 --fetch-timeout 20000 $PACKAGES >"$target.log" 2>&1 ||
    missing "they could not be installed; $target.log says why"
printf '%s\n' "$PACKAGES" >"$target/.installed"
