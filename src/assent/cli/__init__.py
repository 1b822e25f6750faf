"""The command line: it speaks to a running server, or opens the database itself."""

from __future__ import annotations
