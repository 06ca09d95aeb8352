#!/bin/sh
# Serves the app: installs what it needs the first time, then starts Streamlit on localhost.
set -eu
cd "$(dirname "$0")/.."

port=${PORT:-8501}
fail() { printf 'Callsmith: %s\n' "$*" >&2; exit 1; }

case $port in
    '' | *[!0-9]* | ??????*) fail "PORT must be a number from 1 to 65535, not '$port' (make run PORT=8502)." ;;
esac
if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
    fail "PORT must be a number from 1 to 65535, not '$port' (make run PORT=8502)."
fi

sh scripts/setup.sh app

problem=$(.venv/bin/python scripts/port.py "$port") || fail "$problem"
exec .venv/bin/python -m streamlit run app.py --server.port "$port" "$@"
