#!/bin/sh
# What the tests need of PostgreSQL: initdb and pg_ctl; they make and start a server of their own.
set -eu
cd "$(dirname "$0")/.."

there() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

if ! there && command -v apt-get >/dev/null; then
    echo "Installing PostgreSQL …"
    tools/apt_install.sh postgresql
fi
there || {
    echo "No PostgreSQL was found. Install its server, with initdb and pg_ctl on the PATH." >&2
    exit 1
}
