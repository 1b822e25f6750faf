"""Small programs for people who work on assent: none of them is part of the package."""

from __future__ import annotations
