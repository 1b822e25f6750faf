#!/bin/sh
# What the tests need of PostgreSQL: initdb and pg_ctl, to make and start a server of their own, and pgbouncer.
set -eu
cd "$(dirname "$0")/.."

there() { command -v "$1" >/dev/null || ls /usr/lib/postgresql/*/bin/"$1" /usr/sbin/"$1" 2>/dev/null | grep -q .; }

missing=""
there initdb || missing="postgresql"
there pgbouncer || missing="$missing pgbouncer"
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null; then
    echo "Installing $missing …"
    # shellcheck disable=SC2086 (one or two names)
    tools/apt_install.sh $missing
fi
there initdb || {
    echo "No PostgreSQL was found, and there is no apt-get to install it with. Install its server by your" >&2
    echo "system's own means (brew install postgresql, dnf install postgresql-server, apk add postgresql …)," >&2
    echo "and put initdb, pg_ctl and pg_dump on the PATH: pg_config --bindir says where they are." >&2
    exit 1
}
there pgbouncer || {
    echo "No pgbouncer was found, and there is no apt-get to install it with. Install it by your system's own" >&2
    echo "means (brew install pgbouncer, dnf install pgbouncer, apk add pgbouncer …), and put it on the PATH." >&2
    exit 1
}
