"""What a task is found by, as plain texts that a database looks through without taking anything apart.

labels {"region": "eu", "vip": "yes"}   ␞region␟eu␞vip␟yes␞
words  title, key, run, workflow        in small letters, a line each
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

BETWEEN: Final = "\x1e"
WITHIN: Final = "\x1f"
_CLEAN: Final = str.maketrans(dict.fromkeys((BETWEEN, WITHIN, "\0"), " "))


def labels_text(labels: Mapping[str, str] | None) -> str:
    """These labels as one text; empty where there are none."""
    if not labels:
        return ""
    pairs = [f"{_clean(name)}{WITHIN}{_clean(value)}" for name, value in labels.items()]
    return f"{BETWEEN}{BETWEEN.join(pairs)}{BETWEEN}"


def label_marks(name: str, value: str | None) -> tuple[str, ...]:
    """What stands in the text of labels where this one is among them; without a value, ``name`` may be either."""
    if value is not None:
        return (f"{BETWEEN}{_clean(name)}{WITHIN}{_clean(value)}{BETWEEN}",)
    return f"{BETWEEN}{_clean(name)}{WITHIN}", f"{WITHIN}{_clean(name)}{BETWEEN}"


def words_text(*said: str) -> str:
    """What is looked through for words."""
    return "\n".join(said).lower()


def _clean(text: str) -> str:
    return text.translate(_CLEAN)
