"""Sample workflows: read them, run them (``assent demo``), start from them."""

from __future__ import annotations
