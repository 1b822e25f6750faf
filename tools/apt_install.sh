#!/bin/sh
# Install Debian packages, with sudo where we are not root. Usage: tools/apt_install.sh PACKAGE…
set -eu
if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
export DEBIAN_FRONTEND=noninteractive

install() { $as_root apt-get install --yes --no-install-recommends -qq "$@" >/dev/null; }

# The package lists of a fresh machine are often empty or old: fetch them only when needed.
install "$@" 2>/dev/null || { $as_root apt-get update -qq && install "$@"; }
