"""A PostgreSQL of our own for the tests: thrown away with them, reached by a socket file, durable for nobody."""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
_SCHEMAS = itertools.count(1)
_SETTINGS: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "''",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
_KEEPING: Final = 'cat; "$0" -D "$1" -m immediate stop; rm -rf "$2"'


class Cluster:
    """A server in a directory, run by an unprivileged user where we are root: PostgreSQL insists."""

    def __init__(self, **settings: str) -> None:
        self._programs = _programs()
        self._as_user = unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="assent-pg-", dir="/tmp"))
        if user := self._as_user.get("user"):
            shutil.chown(self._folder, user)
        self._data = self._folder / "data"
        self._settings = _SETTINGS | settings
        self._run(
            "initdb", "-A", "trust", "-U", "assent", "-E", "UTF8", "--no-sync", "--no-locale", "-D"
        )
        self._keeper = self._kept()
        self.start()

    def _kept(self) -> subprocess.Popen[bytes]:
        """A process that ends the server once ours has let go of a pipe: also where ours is killed."""
        popen: Any = subprocess.Popen  # which user it runs as is told by name
        keeper: subprocess.Popen[bytes] = popen(
            ["sh", "-c", _KEEPING, self._programs / "pg_ctl", self._data, self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # what is sent to all of ours does not reach it
            **self._as_user,
        )
        return keeper

    def _run(self, program: str, *arguments: str) -> None:
        told = self._folder / f"{program}.out"
        with told.open("w") as out:
            run: Any = subprocess.run  # which user it runs as is told by name
            done = run(
                [self._programs / program, *arguments, str(self._data)],
                stdout=out,
                stderr=out,
                check=False,
                cwd=self._folder,
                **self._as_user,
            )
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {told.read_text()}")

    def start(self) -> None:
        """Start the server, and return once it takes connections."""
        knobs = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        options = f"-k {self._folder} {knobs}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-w", "-t", "60", "-l", log, "-o", options, "start", "-D")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: ``immediate`` is a crash, ``fast`` an orderly end."""
        self._run("pg_ctl", "-w", "-m", mode, "stop", "-D")

    def drop(self) -> None:
        """End the server, and take its directory away."""
        self._keeper.communicate()

    @property
    def folder(self) -> Path:
        """Its directory, which goes with it."""
        return self._folder

    def dump(self, schema: str) -> str:
        """A schema and all in it, as SQL text that makes it anew."""
        command: list[Path | str] = [self._programs / "pg_dump", "-h", self._folder, "-U", "assent"]
        command += ["--inserts", "--no-owner", "--no-privileges", "-n", schema, "postgres"]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        # What it begins with is for a server of its own version; what begins with a backslash is for psql.
        text = text[text.index("CREATE SCHEMA") :]
        return re.sub(r"\n(\n|(--|\\).*)+\n", "\n", text)

    def url(self, schema: str | None = None) -> str:
        """The URL of a schema that nobody has used yet."""
        schema = schema or f"test_{next(_SCHEMAS)}"
        return f"postgresql:///postgres?host={self._folder}&user=assent&schema={schema}"


def _programs() -> Path:
    """Where PostgreSQL's programs are; the tests do not go without."""
    found: Sequence[Path] = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name)),
        *(Path(folder) for folder in os.environ["PATH"].split(os.pathsep)),
    ]
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError(
        "No PostgreSQL was found. 'make test' installs one; so does tools/get_postgres.sh."
    )


def unprivileged() -> dict[str, Any]:
    """Who runs servers, as arguments of a new process."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@cache
def cluster() -> Cluster:
    """The one server of this test run."""
    made = Cluster()
    atexit.register(made.drop)
    return made
