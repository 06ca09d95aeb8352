#!/bin/sh
# Makes .venv and installs the pinned requirements: `setup.sh app` what the app needs, `setup.sh dev` that and
# what development needs. Does nothing when the stamp says that these very requirements are installed.
# PYTHON=/path/to/python3.12 chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-app}
python=${PYTHON:-python3}
stamp=.venv/.installed-$kind
marker=.venv/.installing

say() { printf 'Callsmith: %s\n' "$*"; }
fail() { printf 'Callsmith: %s\n' "$*" >&2; exit 1; }

case $kind in
    app) files="requirements.txt requirements-mcp.txt" ;;
    dev) files="requirements.txt requirements-mcp.txt requirements-dev.txt" ;;
    *) fail "setup.sh takes app or dev, not '$kind'." ;;
esac

# shellcheck disable=SC2086  # one word a file
wanted=$(cat $files constraints.txt | cksum)
# The stamp is written last. A link to a Python that is gone since is not executable.
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

other=$(cat "$marker" 2>/dev/null || true)
if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
    fail "process $other is installing into .venv right now; run this again when it is done."
fi

command -v "$python" >/dev/null 2>&1 ||
    fail "$python was not found; install Python 3.11 or newer (on Debian: apt-get install python3 python3-venv)."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') ||
    fail "$python does not start; name a working one (make run PYTHON=/usr/bin/python3)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed and $python is $version; name a newer one (make run PYTHON=python3.11)."
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
    fail "this Python has no venv module; install it (on Debian: apt-get install python3-venv)."

# A venv whose install was cut short, or that cannot run pip, may hold half a package: start over.
if [ -e "$marker" ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1 ||
    ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "making a virtual environment in .venv with Python $version"
    rm -rf .venv
    log=$("$python" -m venv .venv 2>&1) || {
        rm -rf .venv
        printf '%s\n' "$log" >&2
        fail "the virtual environment could not be made; mend what is said above and run this again."
    }
fi

echo $$ >"$marker"
say "installing $files into .venv (once, about a minute)"
for file in $files; do
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file" || {
        rm -f "$marker"
        fail "installing $file failed, see above; check the network, proxy or disk space and run this again."
    }
done
if [ "$kind" = dev ]; then
    cat requirements.txt requirements-mcp.txt constraints.txt | cksum >.venv/.installed-app
fi
printf '%s\n' "$wanted" >"$stamp"
rm -f "$marker"
