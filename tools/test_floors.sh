#!/bin/sh
# Run the tests with the oldest versions that pyproject.toml says are good enough.
# Usage: tools/test_floors.sh TEST…
set -eu
cd "$(dirname "$0")/.."
uv=$(tools/get_uv.sh)
venv=.cache/floors

"$uv" --quiet pip compile --resolution lowest-direct --python-version 3.11 --no-header --no-annotate \
    pyproject.toml --all-extras --output-file .cache/floors.txt
"$uv" --quiet venv --clear --python .venv/bin/python "$venv"
# the tools that test are those of the lock; only what the package itself needs is old
grep -E '^(hatchling|hypothesis|playwright|psutil|pytest|schemathesis)' requirements-dev.lock >.cache/floors-tools.txt
"$uv" --quiet pip install --python "$venv/bin/python" -r .cache/floors.txt -r .cache/floors-tools.txt
"$uv" --quiet pip install --python "$venv/bin/python" --no-deps --editable .
# an older anyio speaks to pytest in words that pytest will give up
exec "$venv/bin/python" -m pytest -W ignore::pytest.PytestRemovedIn10Warning "$@"
