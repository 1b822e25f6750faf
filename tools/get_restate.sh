#!/bin/sh
# What the tests need of Restate: its server, as the npm package ships it. It is kept in .cache, and is not ours to ship.
set -eu
cd "$(dirname "$0")/.."

version=1.7.12
folder=.cache/restate
stamp=$folder/.installed-$version
if [ ! -f "$stamp" ]; then
    command -v npm >/dev/null || {
        echo "No npm was found. Install Node, so that the Restate server can be fetched." >&2
        exit 1
    }
    echo "Fetching the Restate server …"
    mkdir -p "$folder"
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error \
        "@restatedev/restate-server@$version"
    touch "$stamp"
fi
