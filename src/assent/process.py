"""A process that does nothing but run workflows can be told so."""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 50_000


def settle_memory() -> None:
    """Make the garbage collector cheap for a long-lived server.

    What was made while the program loaded stays, so it is not looked at again; young objects are looked at after
    more of them. ``assent serve`` calls this once everything is imported; an app embedded in a host may.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
