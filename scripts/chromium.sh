#!/bin/sh
# Sees to a Chromium for the browser tests: Debian's, through apt-get, where this user may install packages.
# Where that cannot be, says so; whether it matters is for the tests to decide (CI=true makes them fail).
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

missing() {
    printf 'Callsmith: no Chromium, so browser tests cannot run: %s; install it (on Debian: apt-get install chromium).\n' "$*" >&2
    exit 0
}

command -v apt-get >/dev/null 2>&1 || missing "there is no apt-get here"
if [ "$(id -u)" = 0 ]; then
    root=
elif sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    missing "installing it needs root"
fi

echo "Callsmith: installing Chromium with apt-get (once)"
# shellcheck disable=SC2086  # empty or two words
{
    $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
} || missing "apt-get failed, see above"
