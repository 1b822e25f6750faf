#!/bin/sh
# What the JavaScript client's tests need, as its lock says.
set -eu
cd "$(dirname "$0")/../clients/js"

node=$(../../tools/node_path.sh)
PATH="$PATH${node:+:$node}"
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    echo "Fetching what the JavaScript client needs …"
    npm ci --no-audit --no-fund --loglevel=error
    touch "$stamp"
fi
