#!/bin/sh
# Make a virtual environment with the locked versions and this package in editable form.
# Usage: tools/make_venv.sh [DIRECTORY]
set -eu
cd "$(dirname "$0")/.."
venv=${1:-.venv}

# A Python that is new enough and can make environments: shims of version managers may exist and not work.
find_python() {
    for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    if command -v apt-get >/dev/null; then
        tools/apt_install.sh python3 python3-venv
    fi
    python=$(find_python) || {
        echo "No Python 3.11 or newer with venv and ensurepip was found. Install one, or name it: PYTHON=/path/to/python3 make setup" >&2
        exit 1
    }
fi

# An environment of another Python, or one that was cut off while being made, is made anew.
if ! "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf "$venv"
    echo "Making $venv with $("$python" --version) …"
    "$python" -m venv "$venv"
fi

pip="$venv/bin/python -m pip --quiet --disable-pip-version-check --no-input"
$pip install --requirement requirements-dev.lock
$pip install --no-deps --no-build-isolation --editable .
