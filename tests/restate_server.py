"""A Restate server of our own for the tests, from the npm package: its data goes with them, its ports are free ones."""

from __future__ import annotations

import atexit
import base64
import itertools
import os
import platform
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event
from typing import Final

from assent import Restate

ROOT: Final = Path(__file__).parents[1]
_PACKAGES: Final = ROOT / ".cache" / "restate" / "node_modules" / "@restatedev"
_NAMES: Final = itertools.count(1)
_ED25519: Final = bytes.fromhex(
    "302e020100300506032b657004220420"
)  # what precedes the 32 bytes of a key
_STARTING: Final = 60.0  # seconds, on a machine with much else to do
# Ends the server once ours has let go of a pipe, also where ours is killed; its data goes too, unless it is kept.
_KEEPING: Final = '"$@" >>"$0/log" 2>&1 & cat; kill -9 $!; wait $!; [ -e "$0/kept" ] || rm -rf "$0"'


class RestateServer:
    """A server of one node; ``more`` are settings of it, as its environment names them."""

    def __init__(self, **more: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="assent-restate-", dir="/tmp"))
        self._ingress, self._admin, self._node = free_ports(3)
        self.settings = self._told() | more
        self._keeper: subprocess.Popen[bytes] | None = None

    def _told(self) -> dict[str, str]:
        here = "127.0.0.1"
        return {
            "RESTATE_INGRESS__BIND_ADDRESS": f"{here}:{self._ingress}",
            "RESTATE_ADMIN__BIND_ADDRESS": f"{here}:{self._admin}",
            "RESTATE_BIND_ADDRESS": f"{here}:{self._node}",
            "RESTATE_ADVERTISED_ADDRESS": f"http://{here}:{self._node}",
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_DISABLE_TELEMETRY": "true",
            "RESTATE_DEFAULT_NUM_PARTITIONS": "4",
            "RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE": "256MB",
            "RESTATE_LOG_FORMAT": "compact",
            "RESTATE_LOG_DISABLE_ANSI_CODES": "true",
        }

    @property
    def ingress(self) -> str:
        """Where calls are handed in."""
        return f"http://127.0.0.1:{self._ingress}"

    @property
    def admin(self) -> str:
        """Where workers make themselves known."""
        return f"http://127.0.0.1:{self._admin}"

    @property
    def node(self) -> str:
        """Where the other nodes of a cluster reach it."""
        return f"http://127.0.0.1:{self._node}"

    def engine(self) -> Restate:
        """The engine of an app that nobody else has: a name and a port of its own."""
        (port,) = free_ports(1)
        name = f"test{next(_NAMES)}"
        return Restate(
            ingress=self.ingress, admin=self.admin, listen=f"127.0.0.1:{port}", name=name
        )

    def signs(self) -> None:
        """Have it sign its calls, with a key of its own; before it is started."""
        pem = self.folder / "identity.pem"
        der = base64.b64encode(_ED25519 + os.urandom(32)).decode()
        pem.write_text(f"-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n")
        setting = "RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE"
        self.settings[setting] = str(pem)

    @property
    def key(self) -> str:
        """The public key by which its calls are known; once it is started."""
        found = re.search(r"publickeyv1_\w+", (self.folder / "log").read_text())
        assert found is not None
        return found[0]

    def start(self) -> None:
        """Start the server, and return once it takes calls."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start the server."""
        (self.folder / "kept").unlink(missing_ok=True)
        data = str(self.folder / "data")
        program = [binary(), "--no-logo", "--node-name", self.folder.name, "--base-dir", data]
        self._keeper = subprocess.Popen(
            ["sh", "-c", _KEEPING, str(self.folder), *map(str, program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ) | self.settings,
            start_new_session=True,  # what is sent to all of ours does not reach it
        )

    def wait(self) -> None:
        """Return once it takes calls."""
        eventually(self.takes_calls, self.said)

    def takes_calls(self) -> bool:
        """Whether it does."""
        return answers(f"{self.ingress}/restate/health") and answers(f"{self.admin}/health")

    def said(self) -> str:
        """The last of what it wrote into its log."""
        log = self.folder / "log"
        return log.read_text()[-3000:] if log.exists() else ""

    def kill(self) -> None:
        """End the server at once, as a crash does; ``start`` begins where it was."""
        (self.folder / "kept").touch()
        if self._keeper is not None:
            self._keeper.communicate()

    def forget(self) -> None:
        """Lose its disk, while it is down."""
        shutil.rmtree(self.folder / "data")

    def weighs(self) -> tuple[int, int]:
        """Bytes of memory that the server uses, and bytes on its disk."""
        data = self.folder / "data"
        disk = sum(file.stat().st_blocks * 512 for file in data.rglob("*") if file.is_file())
        told = subprocess.run(
            ["ps", "-ww", "-e", "-o", "rss=,args="], capture_output=True, text=True, check=True
        )
        lines = [line for line in told.stdout.splitlines() if line.endswith(str(data))]
        return max(int(line.split()[0]) * 1024 for line in lines), disk

    def drop(self) -> None:
        """End the server at once, and take its directory away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def eventually(ready: Callable[[], bool], told: Callable[[], str]) -> None:
    """Return once something of the server is ready; where it does not come to that, say what it said."""
    step = 0.05
    for _ in range(int(_STARTING / step)):
        if ready():
            return
        Event().wait(step)
    raise RuntimeError(f"Restate did not start: {told()}")


def answers(url: str) -> bool:
    """Whether a GET is answered well."""
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now, from below those that connections are given by themselves."""
    found: set[int] = set()
    while len(found) < count:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.add(port)
    return list(found)


def binary() -> Path:
    """The server's program; the tests do not go without."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = (
        _PACKAGES
        / f"restate-server-{platform.system().lower()}-{machine}"
        / "bin"
        / "restate-server"
    )
    if not found.exists():
        raise RuntimeError(
            "No Restate server was found. 'make test' fetches one; so does tools/get_restate.sh."
        )
    return found


@cache
def restate_server() -> RestateServer:
    """The one server of this test run."""
    made = RestateServer()
    atexit.register(made.drop)
    made.start()
    return made
