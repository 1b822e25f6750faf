"""``python -m assent`` does what ``assent`` does."""

from __future__ import annotations

from assent.cli.main import main

main()
