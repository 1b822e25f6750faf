#!/bin/sh
# Write requirements-dev.lock: one file of exact versions that holds on every supported Python.
# Versions already locked stay, unless they no longer fit: `tools/lock.sh --upgrade` takes the newest of all.
set -eu
cd "$(dirname "$0")/.."
uv=$(tools/get_uv.sh)
"$uv" --quiet pip compile --universal --python-version 3.11 --no-header --no-annotate \
    pyproject.toml --group dev --output-file requirements-dev.lock "$@"
{
    echo "# Exact versions of everything development and the tests use, for every supported Python."
    echo "# Written by \`make lock\` from pyproject.toml; the package itself declares floors only."
    cat requirements-dev.lock
} >.cache/lock
mv .cache/lock requirements-dev.lock
