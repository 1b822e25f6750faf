"""A pgbouncer before the PostgreSQL of the tests, as one puts it before a server that many processes share."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.cluster import cluster, unprivileged

_SETTINGS: Final = """
[databases]
* = host={server} user=assent

[pgbouncer]
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
auth_type = any
listen_addr =
unix_socket_dir = {folder}
log_connections = 0
log_disconnections = 0
log_stats = 0
"""
_KEEPING: Final = '"$0" "$1" & cat; kill $!; rm -rf "$2"'


@contextmanager
def pooler(*, size: int) -> Generator[str]:
    """The URL of a schema that nobody has used, behind a pgbouncer with so many connections to the server."""
    folder = Path(tempfile.mkdtemp(prefix="assent-pooler-", dir="/tmp"))
    settings = folder / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(server=cluster().folder, size=size, folder=folder))
    if user := unprivileged().get("user"):
        shutil.chown(folder, user)
    popen: Any = subprocess.Popen  # which user it runs as is told by name
    # It ends once ours has let go of a pipe: also where ours is killed.
    keeper: subprocess.Popen[str] = popen(
        ["sh", "-c", _KEEPING, _program(), settings, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        start_new_session=True,  # what is sent to all of ours does not reach it
        **unprivileged(),
    )
    assert keeper.stderr is not None
    told = ""
    while "process up" not in told:
        line = keeper.stderr.readline()
        if not line:
            raise RuntimeError(f"pgbouncer did not start: {told}")
        told += line
    try:
        yield cluster().url().replace(str(cluster().folder), f"{folder}&port=6432")
    finally:
        keeper.communicate()


def _program() -> str:
    """Where pgbouncer is; the tests do not go without."""
    for place in (shutil.which("pgbouncer"), "/usr/sbin/pgbouncer"):
        if place and Path(place).exists():
            return place
    raise RuntimeError(
        "No pgbouncer was found. 'make test' installs one; so does tools/get_postgres.sh."
    )
