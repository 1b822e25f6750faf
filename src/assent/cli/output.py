"""What commands print: JSON for programs, plain columns for pipes, a table on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module

import click

from assent.cli.api import Document
from assent.cli.options import Place
from assent.core.values import Json


def print_json(value: Json | Document) -> None:
    """One JSON document, indented on a terminal and on one line elsewhere."""
    indent = 2 if sys.stdout.isatty() else None
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent))


def tell(place: Place, document: Document, words: Callable[[Document], None]) -> None:
    """Print the outcome of a command: as JSON where that was asked for, else in words."""
    if place.as_json:
        print_json(document)
    else:
        words(document)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """A table; ``empty`` is said where there is nothing."""
    if not rows:
        click.echo(empty)
    elif sys.stdout.isatty():
        # rich is slow to load, and only worth it where people look
        import_module("assent.cli.table").print_table(columns, rows)
    else:
        for row in (columns, *rows):
            click.echo("\t".join(one_line(cell) for cell in row))


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """Names and values, one pair a line; what is empty is left out."""
    shown = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        head, *more = safe(value).splitlines() or [""]
        click.echo(f"{name:<{width}}  {head}")
        for line in more:
            click.echo(f"{'':<{width}}  {line}")


def note(message: str) -> None:
    """Something a person should know; kept out of the way of what is printed."""
    click.echo(message, err=True)


def moment(text: str | None) -> str:
    """An RFC 3339 moment as people on this machine read it."""
    if not text:
        return ""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")


def value_text(value: Json) -> str:
    """A value on the screen: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def some(names: Sequence[str], most: int = 4) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def one_line(text: str) -> str:
    """Text for one line of a table."""
    return " ".join(safe(text).split())


def safe(text: str) -> str:
    """Text without what could steer a terminal: titles and values may come from anybody."""
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )
