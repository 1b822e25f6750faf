"""Words on a page: safe markdown, moments, and durations as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
    ["table", "strikethrough"]
)
# Headings inside a task would break the outline of the page; images would tell others who reads it.
_TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
_HEADING: Final = {f"h{n}": f"h{min(n + 2, 6)}" for n in range(1, 7)}


def markdown(text: str) -> Markup:
    """Markdown that somebody wrote, as HTML that can do no harm."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        token.tag = (
            _HEADING.get(token.tag, token.tag) if token.type.startswith("heading") else token.tag
        )
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # cleaned one line above


def day(on: date) -> str:
    """A day as people write it: ``21 Nov 2026``."""
    return f"{on.day} {on:%b %Y}"


def moment(at: datetime, *, seconds: bool = False) -> str:
    """A moment as people write it: ``21 Nov 2026, 14:03 UTC``."""
    at = at.astimezone(UTC)
    return f"{day(at)}, {at:%H:%M:%S} UTC" if seconds else f"{day(at)}, {at:%H:%M} UTC"


def iso(at: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def when(at: datetime, *, seconds: bool = False) -> Markup:
    """A moment, exact on the page; a script says it in the reader's own time."""
    said = moment(at, seconds=seconds)
    attribute = Markup(" data-seconds") if seconds else ""
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(
        iso(at), said, attribute, said
    )


def ago(at: datetime, now: datetime) -> Markup:
    """A moment by its distance: ``2 h ago``, ``in 3 d``."""
    return Markup('<time datetime="{}" title="{}" data-ago>{}</time>').format(
        iso(at), moment(at), distance(at - now)
    )


def distance(length: timedelta) -> str:
    """How far away, in the largest unit that fits."""
    seconds = length.total_seconds()
    if abs(seconds) < 45:
        return "just now" if seconds <= 0 else "in a moment"
    return f"in {span(abs(length))}" if seconds > 0 else f"{span(abs(length))} ago"


def span(length: timedelta) -> str:
    """A length of time, roughly: ``350 ms``, ``2.5 s``, ``40 min``, ``3 h``, ``12 d``."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".0 ", " ")
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} d"
