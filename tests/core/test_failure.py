"""Errors come back as what they were, or as something that says the same."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from hypothesis import given
from typing_extensions import override

from assent.core.failure import RecordedError, failure_of, message_of, raised
from assent.core.values import Json, dump, load
from assent.errors import (
    AssentError,
    Expired,
    FieldError,
    InvalidInput,
    Rejected,
    RetryAfter,
    StepFailed,
    StepTimedOut,
    ValueNotKept,
    Waiting,
    Withdrawn,
)
from tests.core.kept import jsons


def there_and_back(error: BaseException) -> Exception:
    return raised(load(dump(failure_of(error))))


class Declined(Exception):
    """Has a constructor with a form of its own, and attributes."""

    def __init__(self, card: str, *, code: int) -> None:
        self.card, self.code = card, code
        super().__init__(f"{card} was declined with code {code}")


class Attached(Exception):
    """Carries something that cannot be kept."""

    def __init__(self) -> None:
        self.connection = open  # a builtin stands for a live connection
        super().__init__("lost")


class Mute(Exception):
    """Cannot say what it is."""

    @override
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Odd(Exception):
    """Carries something whose repr is broken, as a key."""

    def __init__(self) -> None:
        self.seen = {Odd.Key(): 1}
        super().__init__("odd")

    class Key:
        @override
        def __repr__(self) -> str:
            raise RuntimeError("no words")


class Picky(Exception):
    """Cannot be made of the arguments it shows."""

    def __new__(cls, one: str, two: str) -> Picky:
        return super().__new__(cls, one, two)

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def _missing_file() -> OSError:
    try:
        open("/no/such/file").close()
    except OSError as error:
        return error
    raise AssertionError


def _bad_text() -> UnicodeDecodeError:
    try:
        b"\xff".decode()
    except UnicodeDecodeError as error:
        return error
    raise AssertionError


def _bad_json() -> json.JSONDecodeError:
    try:
        json.loads("{")
    except json.JSONDecodeError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    "error",
    [
        ValueError("too much"),
        ValueError(),
        ValueError("several", 1, None),
        KeyError("amount"),
        ZeroDivisionError("division by zero"),
        StopIteration(3),
        TimeoutError("slow"),
        ConnectionRefusedError(111, "refused"),
        _missing_file(),
        _bad_text(),
        _bad_json(),
        subprocess.CalledProcessError(2, ["ls", "-x"]),
        Declined("1234", code=7),
        Rejected("refund", "bob", "too much"),
        Expired("refund"),
        Withdrawn("refund", "bob", None),
        RetryAfter(3),
        StepFailed("pay", 2, "no"),
        InvalidInput("The input", (FieldError("/n", "odd"),)),
        ValueNotKept("$.a", "no"),
        RecordedError("lib:Gone", "was"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_back_with_its_class_words_and_attributes(error: Exception) -> None:
    back = there_and_back(error)
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert back.args == error.args
    assert vars(back) == vars(error)
    for name in ("errno", "filename", "start", "value", "code"):
        assert getattr(back, name, None) == getattr(error, name, None)


@pytest.mark.parametrize("error", [Attached(), Odd(), Picky("a", "b")])
def test_an_error_that_cannot_come_back_is_stood_for_by_one_that_says_the_same(
    error: Exception,
) -> None:
    back = there_and_back(error)
    assert isinstance(back, RecordedError)
    assert type(error).__name__ in str(back)
    assert str(error) in str(back)


def test_a_group_comes_back_with_its_members() -> None:
    group = ExceptionGroup("two", [ValueError("a"), ExceptionGroup("in", [Attached()])])
    back: Any = there_and_back(group)
    assert (type(back), back.message) == (ExceptionGroup, "two")
    first, second = back.exceptions
    assert (type(first), str(first)) == (ValueError, "a")
    assert type(second) is ExceptionGroup
    assert "lost" in str(second.exceptions[0])
    assert message_of(failure_of(group)).count("lost") == 1


def test_an_error_whose_words_are_broken_is_kept_nevertheless() -> None:
    assert type(there_and_back(Mute())) is Mute
    assert failure_of(Mute())["message"] == "(its message cannot be read)"


def test_causes_come_back_in_their_order() -> None:
    last: BaseException = ValueError("first of all")
    for place in range(3):
        step = StepFailed(f"step {place}", 1, str(last))
        step.__cause__ = last
        last = step
    back: BaseException | None = there_and_back(last)
    told: list[str] = []
    while back is not None:
        told.append(type(back).__name__)
        back = back.__cause__
    assert told == ["StepFailed", "StepFailed", "StepFailed", "ValueError"]


def test_an_error_that_is_its_own_cause_ends() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert str(there_and_back(one)) == "one"


def test_long_words_and_traces_are_cut() -> None:
    kept = failure_of(ValueError("x" * 100_000))
    assert len(str(kept["message"])) <= 2_000
    assert len(str(kept["trace"])) <= 8_000


def test_half_a_surrogate_in_the_words_does_not_hinder() -> None:
    assert "\\ud800" in str(failure_of(ValueError("\ud800"))["message"])
    assert dump(failure_of(ValueError("\ud800")))


def test_a_timeout_is_still_a_timeout() -> None:
    assert issubclass(StepTimedOut, TimeoutError)
    assert isinstance(there_and_back(Expired("x")), TimeoutError)


@given(jsons)
def test_whatever_is_recorded_as_a_failure_raises_something(told: Json) -> None:
    failure: Json = told if isinstance(told, dict) else None
    assert isinstance(raised(failure), Exception)
    assert isinstance(message_of(failure), str)


@pytest.mark.parametrize(
    "failure",
    [
        None,
        {},
        {"type": "cancelled", "message": "because", "by": "ann"},
        {"type": "no.such:Error", "message": "gone", "args": []},
        {"type": "builtins:SystemExit", "message": "1", "args": [1]},
        {"type": "builtins:int", "message": "1", "args": [1]},
        {"type": "os:system", "message": "1", "args": ["true"]},
        {"type": "builtins:ValueError", "message": "x", "args": [{"$": "data", "t": "no:No"}]},
    ],
)
def test_what_names_no_error_here_is_a_recorded_error(failure: Json) -> None:
    assert type(raised(failure)) is RecordedError


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (failure_of(ValueError("x")), "ValueError: x"),
        ({"type": "cancelled", "message": ""}, "cancelled"),
        ({"message": "x"}, "x"),
        (None, ""),
    ],
)
def test_a_failure_is_told_in_one_line(failure: Json, line: str) -> None:
    assert message_of(failure) == line


def test_waiting_is_no_error_and_a_careless_except_does_not_swallow_it() -> None:
    def careless() -> None:
        try:
            raise Waiting
        except Exception:  # noqa: BLE001  (as careless user code has it)
            pytest.fail("swallowed")

    with pytest.raises(Waiting):
        careless()
    assert not issubclass(Waiting, Exception)


def test_every_error_of_ours_has_a_code_of_its_own() -> None:
    def below(kind: type[AssentError]) -> list[type[AssentError]]:
        return [kind, *(deep for sub in kind.__subclasses__() for deep in below(sub))]

    kinds = [kind for kind in below(AssentError) if kind.__module__.startswith("assent")]
    codes = [kind.code for kind in kinds if "code" in vars(kind)]
    assert len(codes) == len(set(codes))
    assert all(code.replace("_", "").isalpha() and code == code.lower() for code in codes)
