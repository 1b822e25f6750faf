"""Channels: the names under which workflows tell their own events, what each carries, and who may hear it.

Where an app declares none, any name may be told and anything with it. Once it declares one, it must declare all: a
misspelt name would be an event that nobody hears.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from assent.core.journal import KINDS
from assent.errors import DefinitionError, InvalidInput, did_you_mean
from assent.forms import Form, form_of


@dataclass(frozen=True, slots=True)
class Channel:
    """One name. ``form`` is what its data must fit, ``role`` the least role that hears it; None: any."""

    name: str
    form: Form | None
    role: str | None = None


class Channels:
    """All that an app has declared."""

    def __init__(self) -> None:
        self._declared: dict[str, Channel] = {}

    def declare(self, name: str, model: Any, role: str | None) -> Channel:
        """Declare a name; raises DefinitionError for one that is taken."""
        _check(name)
        if name in self._declared:
            raise DefinitionError(
                f"The channel {name!r} is declared already. Give it another name."
            )
        made = Channel(name, None if model is None else form_of(model), role)
        self._declared[name] = made
        return made

    def read(self, name: str, data: Any) -> Any:
        """What is to be told under this name, as its type; raises DefinitionError and InvalidInput."""
        _check(name)
        channel = self._declared.get(name)
        if channel is None:
            if self._declared:
                known = did_you_mean(name, list(self._declared))
                raise DefinitionError(f"There is no channel {name!r}.{known}")
            return data
        if channel.form is None:
            return data
        try:
            return channel.form.read(data)
        except InvalidInput as error:
            raise InvalidInput(f"The data of the channel {name!r}", error.errors) from None

    def role_of(self, name: str) -> str | None:
        """The least role that hears what is told under this name."""
        channel = self._declared.get(name)
        return None if channel is None else channel.role

    @property
    def names(self) -> Collection[str]:
        """What was declared."""
        return self._declared.keys()


def _check(name: str) -> None:
    if not name:
        raise DefinitionError("An event of your own needs a name.")
    if name in KINDS:
        raise DefinitionError(
            f"{name!r} is what the journal itself calls an event: nobody could tell yours from it. "
            "Use another name."
        )
