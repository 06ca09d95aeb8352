#!/bin/sh
# Installs the servers that tests/servers talks to into .servers, each once: llama.cpp's server and an MCP server from
# PyPI, aimock and another MCP server from npm, and with CALLSMITH_TEST_LITELLM=1 LiteLLM's proxy. What cannot be had is
# said in one line, kept in .servers/NAME.missing as the reason its tests give when they are skipped, and makes the exit
# status 1.
set -eu
cd "$(dirname "$0")/.."

AIMOCK=@copilotkit/aimock@1.43.0
EVERYTHING=@modelcontextprotocol/server-everything@2026.8.31
python=.venv/bin/python
marker=.servers/.installing
status=0

mkdir -p .servers
other=$(cat "$marker" 2>/dev/null || true)
if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
    printf 'Callsmith: process %s is installing into .servers right now; run this again when it is done.\n' "$other" >&2
    exit 1
fi
echo $$ >"$marker"
trap 'rm -f "$marker"' EXIT

missing() {
    printf '%s\n' "$2" >".servers/$1.missing"
    printf 'Callsmith: the tests against %s are left out: %s.\n' "$1" "$2" >&2
    status=1
}

# install NAME VERSIONS COMMAND...: runs COMMAND for an empty .servers/NAME, unless the stamp in it says VERSIONS.
install() {
    name=$1
    versions=$2
    shift 2
    if [ "$(cat ".servers/$name/.installed" 2>/dev/null)" = "$versions" ]; then
        return
    fi
    echo "Callsmith: installing $name into .servers (once)"
    rm -rf ".servers/$name" ".servers/$name.missing"
    if "$@" >".servers/$name.log" 2>&1; then
        printf '%s\n' "$versions" >".servers/$name/.installed"
    else
        missing "$name" "it could not be installed; .servers/$name.log says why"
    fi
}

from_pypi() {
    "$python" -m venv --without-pip ".servers/$1" &&
        "$python" -m pip --python ".servers/$1/bin/python" install --disable-pip-version-check --no-input \
            --only-binary :all: --retries 1 --timeout 20 -r "tests/servers/programs/$1.txt"
}

from_npm() {
    npm install --prefix ".servers/$1" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
        --fetch-retries 0 --fetch-timeout 20000 "$2"
}

for name in llama mcp-time ${CALLSMITH_TEST_LITELLM:+litellm}; do
    install "$name" "$(cksum <"tests/servers/programs/$name.txt")" from_pypi "$name"
done
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    for name in aimock mcp-everything; do
        missing "$name" "it needs Node and npm (on Debian: apt-get install nodejs npm)"
    done
else
    install aimock "$AIMOCK" from_npm aimock "$AIMOCK"
    install mcp-everything "$EVERYTHING" from_npm mcp-everything "$EVERYTHING"
fi
exit $status
