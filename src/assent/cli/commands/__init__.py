"""One module per command, named like it."""

from __future__ import annotations
