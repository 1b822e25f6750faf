"""Play, or be one of the processes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tools.torture import __doc__ as story
from tools.torture.play import Play
from tools.torture.players import be


def main() -> None:
    """Exits with 1 where something is not as it must be."""
    if sys.argv[1:2] == ["be"]:
        name, database, folder, runs = sys.argv[2:]
        asyncio.run(be(name, database, Path(folder), int(runs)))
        return
    parser = argparse.ArgumentParser(description=story)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(Play(given.runs, given.workers, given.seed).to_the_end()) else 1)


if __name__ == "__main__":
    main()
