"""What the pages say is what the code says, and their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

import assent
from assent.system import Settings
from tools.generate_docs import DOCS, PART, with_parts

ROOT: Final = DOCS.parent
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE: Final = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
PAGES: Final = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_generated_parts_are_as_the_code_has_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert with_parts(text) == text, "run 'make docs'"


def test_no_generated_part_has_been_lost() -> None:
    found = {name for page in PAGES for _, name, _ in PART.findall(page.read_text("utf-8"))}
    assert found == {
        "commands",
        "error-codes",
        "exit-codes",
        "on-restate",
        "receipt-statuses",
        "receipts",
        "routes",
        "settings",
        "signals",
        "task-life",
    }


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = [link for link in _links(page) if not _leads_somewhere(page, link)]
    assert not dead


def test_every_page_is_reachable_from_the_contents() -> None:
    contents = (DOCS / "README.md").read_text("utf-8")
    listed = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(contents)}
    pages = {page.resolve() for page in DOCS.rglob("*.md") if page != DOCS / "README.md"}
    # decisions have a list of their own
    assert {page for page in pages - listed if page.parent.name != "decisions"} == set()


def test_every_setting_is_explained() -> None:
    page = (DOCS / "reference" / "settings.md").read_text("utf-8")
    explained = set(re.findall(r"^### `(\w+)`", page, re.MULTILINE))
    assert explained == {field.name for field in fields(Settings)}


def _links(page: Path) -> Iterator[str]:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    yield from (link for link in LINK.findall(text) if "://" not in link)


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def test_every_error_that_is_listed_can_be_caught_by_the_name_it_has_in_assent() -> None:
    listed = re.findall(
        r"^\| `(?:· )*(\w+)` \|", (DOCS / "reference" / "errors.md").read_text(), re.MULTILINE
    )
    assert len(listed) > 20
    assert [name for name in listed if not hasattr(assent, name)] == []
