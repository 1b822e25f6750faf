"""What a browser does with a form."""

from __future__ import annotations

from assent.core.form import Drawn, Kind


def untouched(drawn: Drawn) -> dict[str, list[str]]:
    """What it posts for a form that nobody touched."""
    match drawn.field.kind:
        case Kind.GROUP:
            posted = {k: v for part in drawn.parts for k, v in untouched(part).items()}
            return {**posted, f"{drawn.name}#given": ["on"]} if drawn.given else posted
        case Kind.LIST:
            posted = {k: v for row in drawn.rows for k, v in untouched(row.item).items()}
            return {**posted, drawn.name: [str(row.index) for row in drawn.rows]}
        case Kind.CHOICES:
            return {drawn.name: list(drawn.texts)}
        case Kind.FIXED:
            return {}
        case Kind.DATETIME | Kind.TIME:
            return {drawn.name: [drawn.local], f"{drawn.name}#zone": [drawn.zone]}
        case Kind.BOOLEAN if drawn.ticked:
            return {drawn.name: ["false", "true"] if drawn.text == "true" else ["false"]}
        case Kind.BOOLEAN | Kind.CHOICE if not drawn.text:
            return {}
        case _:
            newlines = drawn.text.replace("\r\n", "\n").replace("\r", "\n")
            return {drawn.name: [newlines.replace("\n", "\r\n")]}
