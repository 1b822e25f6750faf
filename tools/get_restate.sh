#!/bin/sh
# What the tests need of Restate: its server, as the npm package ships it. It is kept in .cache, and is not ours to ship.
set -eu
cd "$(dirname "$0")/.."

version=1.7.12
folder=.cache/restate
stamp=$folder/.installed-$version
if [ ! -f "$stamp" ]; then
    node=$(tools/node_path.sh)
    PATH="$PATH${node:+:$node}"
    echo "Fetching the Restate server …"
    mkdir -p "$folder"
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error \
        "@restatedev/restate-server@$version"
    touch "$stamp"
fi
