"""A folder with a shell in it, and a server over the sample app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.console import Console, Server

SAMPLE = "tests.cli.sample:app"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """A shell in an empty folder."""
    return Console(tmp_path)


@pytest.fixture
def server(console: Console) -> Iterator[Server]:
    """A server that holds the folder's database."""
    with console.serve(SAMPLE) as server:
        assert server.url
        yield server
        assert server.stop() == 0
