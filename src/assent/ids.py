"""Ids: prefixed, sortable by time, selectable by a double click (``run_01k…``, ``task_01k…``).

The layout is that of a ULID: 48 bits of milliseconds, 80 random bits, in Crockford's base 32, lower case.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str, at: datetime) -> str:
    """A new id; ids made later sort later, to the millisecond."""
    number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    text = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))
    return f"{prefix}_{text}"
