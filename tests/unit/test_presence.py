"""Who looks at a task is known as long as their page says so."""

from __future__ import annotations

from datetime import timedelta

from assent.testing import START
from assent.web.presence import LIFE, Presence


def test_who_is_not_heard_of_any_more_has_gone() -> None:
    presence = Presence()
    presence.here("task_1", "ada", START)
    later = START + LIFE - timedelta(seconds=1)
    assert presence.here("task_1", "bob", later) == ("ada",)
    assert presence.here("task_2", "eve", later) == ()
    assert presence.here("task_1", "bob", START + LIFE) == ()
    presence.gone("task_1", "nobody")
    presence.gone("task_3", "bob")
