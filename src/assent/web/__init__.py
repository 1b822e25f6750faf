"""The HTTP API, the live streams and the pages."""

from __future__ import annotations
