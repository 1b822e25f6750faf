"""The pages people answer on: rendered by the server, working without JavaScript."""

from __future__ import annotations
