#!/bin/sh
# Print the uv to resolve versions with; it lives in .cache/, apart from the environment it resolves for.
set -eu
cd "$(dirname "$0")/.."
uv=.cache/uv/bin/uv
if [ ! -x "$uv" ]; then
    python3 -m venv .cache/uv
    .cache/uv/bin/python -m pip --quiet --disable-pip-version-check install uv >&2
fi
echo "$uv"
