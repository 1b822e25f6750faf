"""The version of assent: what snapshots say they were made by."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
