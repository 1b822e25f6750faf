"""A task as blocks of Slack. All words are escaped, and none of them are read as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from assent.core.task import TaskKind
from assent.human.view import TaskView
from assent.notifying.notice import Bundle
from assent.notifying.words import ended, facts, heading_of, in_short, listed, one_line

Block: TypeAlias = dict[str, Any]

APPROVE, REJECT, OPEN = "assent.approve", "assent.reject", "assent.open"
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_LONGEST: Final = 2900  # of 3000
_HEADER: Final = 150
_FIELDS: Final = 10  # in one section
_HALF_ENTITY: Final = re.compile(r"&[a-z]{0,3}$")


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Text without what Slack would read as a mention or a link, and no longer than it takes."""
    for sign, entity in _ENTITIES:
        text = text.replace(sign, entity)
    return text if len(text) <= longest else _HALF_ENTITY.sub("", text[: longest - 1]) + "…"


def plain(text: str, longest: int = _LONGEST) -> Block:
    """Text that is shown as it is."""
    return {"type": "plain_text", "text": escaped(text, longest) or " ", "emoji": False}


def button_value(task: TaskView) -> str:
    """What a button sends back: which task, and what was shown."""
    return json.dumps({"task": task.id, "shown": task.digest})


def blocks_of(task: TaskView, people: Mapping[str, str], url: str | None) -> list[Block]:
    """The whole message: with buttons while it is open, with how it ended after that."""
    blocks: list[Block] = [{"type": "header", "text": plain(title_of(task), _HEADER)}]
    if task.outcome is None and task.detail:
        blocks.append({"type": "section", "text": plain(task.detail)})
    blocks += _facts(task)
    if task.outcome is not None:
        blocks.append({"type": "section", "text": plain(ended(task))})
    else:
        blocks.append({"type": "context", "elements": list(_context(task, people))})
        blocks.append({"type": "actions", "elements": _buttons(task, url)})
    return blocks


def blocks_of_all(bundle: Bundle, people: Mapping[str, str]) -> list[Block]:
    """Several tasks, the most urgent first; whoever is asked and known in Slack is mentioned."""
    first, more = listed(bundle.notices)
    title = plain(heading_of(bundle.notices), _HEADER)
    blocks: list[Block] = [{"type": "header", "text": title}]
    for notice in first:
        block: Block = {"type": "section", "text": plain(in_short(notice))}
        if notice.url is not None:
            block["accessory"] = _opening(notice.url)
        blocks.append(block)
    to = list(dict.fromkeys(name for notice in bundle.notices for name in notice.to))
    who: Block = {"type": "mrkdwn", "text": f"For {_who(to, people)}", "verbatim": True}
    blocks.append({"type": "context", "elements": [who, *([plain(more)] if more else [])]})
    if bundle.url is not None:
        blocks.append({"type": "actions", "elements": [_opening(bundle.url, "Open the inbox")]})
    return blocks


def title_of(task: TaskView) -> str:
    """What is asked, on one line."""
    return one_line(task.called)


def _facts(task: TaskView) -> Iterator[Block]:
    """The value, name by name; what an answer fills in is seen in its form."""
    told = facts(task)
    for start in range(0, len(told), _FIELDS):
        some = told[start : start + _FIELDS]
        yield {
            "type": "section",
            "fields": [plain(f"{name}: {value}", 1900) for name, value in some],
        }


def _context(task: TaskView, people: Mapping[str, str]) -> Iterator[Block]:
    yield {"type": "mrkdwn", "text": f"For {_who(task.to, people)}", "verbatim": True}
    if task.due is not None:
        yield plain(f"Due {task.due:%Y-%m-%d %H:%M} UTC")
    yield plain(f"{task.workflow} · {task.key}", 500)


def _who(to: Sequence[str], people: Mapping[str, str]) -> str:
    """Those who are asked; who is known in Slack is mentioned, and hears of it."""
    names = [name.removeprefix("user:") for name in to]
    said = [f"<@{people[name]}>" if name in people else escaped(one_line(name)) for name in names]
    return ", ".join(said[:50]) or "anybody"


def _buttons(task: TaskView, url: str | None) -> list[Block]:
    value = button_value(task)
    if task.kind is TaskKind.APPROVE:
        buttons = [
            _button(APPROVE, "Approve", value) | {"style": "primary"},
            _button(REJECT, "Reject", value) | {"style": "danger"},
        ]
        if task.shown is not None:
            buttons.append(_button(OPEN, "Edit", value))
    else:
        words = "Choose" if task.kind is TaskKind.CHOOSE else "Answer"
        buttons = [_button(OPEN, words, value) | {"style": "primary"}]
    if url is not None:
        buttons.append(_opening(url))
    return buttons


def _opening(url: str, words: str = "Open") -> Block:
    return {"type": "button", "action_id": "assent.look", "text": plain(words), "url": url}


def _button(action: str, words: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": plain(words), "value": value}
