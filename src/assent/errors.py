"""Every error assent raises on purpose, in one tree, each with a stable code.

    AssentError
    ├── ConfigurationError          a setting, a module or a database that cannot be used
    │   ├── NotOpen                 the app was used before it was opened
    │   ├── StoreLocked             another process holds the database file
    │   └── StoreNewer              a newer assent has written this database
    ├── DefinitionError             a workflow, a step or a form that cannot work as written
    │   ├── NestedVerb              a verb of the context was called inside a step
    │   └── ExpressionError         a condition that cannot be read, or cannot be judged
    ├── InvalidInput                a value that does not fit its type: every error by path
    ├── Conflict                    the same id with other content
    ├── InvalidState                the thing is not in a state that allows this
    │   └── StateMismatch           the state of a flow that the flow, as it is now, cannot go on from
    ├── NotFound
    │   ├── RunNotFound · TaskNotFound · WorkflowNotFound · FlowNotFound
    ├── ValueNotKept                a value that could not come back with its type
    ├── ValueUnreadable             a recorded value that this code cannot read
    ├── JournalMismatch             code and journal disagree: the run is parked
    ├── StepFailed                  a step failed for good (its cause is ``__cause__``)
    │   └── StepTimedOut
    ├── Rejected · Expired · Withdrawn      what ``Decision.require()`` and ``ask`` raise
    ├── RunFailed · RunCancelled · RunTimedOut      what ``run.result()`` raises
    │   └── WorkflowStalled         (a RunFailed) nothing can ever happen again in an event-driven run
    ├── RunParked                   what ``run.wait()`` tells of a parked run
    ├── SnapshotRefused             a snapshot that is damaged, foreign, newer, or used
    ├── SessionNotKept              a pause was refused: live objects could not go into the snapshot
    ├── TokenRefused                a sealed token that is forged, too old, somebody else's, or used up
    ├── StepRetriableError          raised by the steps of a flow: it pauses, and may be tried again
    └── NonRetryable · RetryAfter   raised by steps, to steer their retries

``Waiting`` stands outside: it is not an error, it unwinds a workflow that has nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import ClassVar


def did_you_mean(name: str, known: list[str]) -> str:
    """A hint for a misspelt name: what is close to it, and what exists."""
    close = get_close_matches(name, known, n=1, cutoff=0.7)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{hint} Registered: {', '.join(sorted(known)) or 'none'}."


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a value: where (an RFC 6901 JSON pointer) and what."""

    pointer: str
    detail: str


class AssentError(Exception):
    """The root of the tree. ``code`` is stable and shared by Python, HTTP and the docs."""

    code: ClassVar[str] = "assent_error"


class ConfigurationError(AssentError):
    """A setting, a module or a database that cannot be used."""

    code = "configuration"


class NotOpen(ConfigurationError):
    """The app was used before it was opened."""

    code = "not_open"


class StoreLocked(ConfigurationError):
    """Another process holds the database file; ``address`` is its server's URL where it has one."""

    code = "store_locked"

    def __init__(self, path: str, holder: str, address: str | None = None) -> None:
        self.path = path
        self.address = address
        where = f" It serves at {address}." if address else ""
        super().__init__(
            f"The database file {path!r} is in use by {holder}.{where} "
            "Talk to that process, stop it, or use another file."
        )


class StoreAway(AssentError):
    """The database could not be reached, for longer than anybody should be kept waiting."""

    code = "store_away"

    def __init__(self, where: str, why: BaseException) -> None:
        super().__init__(
            f"The database {where!r} cannot be reached: {str(why) or type(why).__name__}. What was asked for may or "
            "may not have been done: look, then ask again. Runs go on by themselves once it is back."
        )


class RestateAway(AssentError):
    """The Restate server could not be reached, or could not do what it was asked."""

    code = "restate_away"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"Restate at {where} cannot be used: {why}. Check its addresses, and that it reaches this process; "
            "runs wait, and go on by themselves."
        )


class StoreNewer(ConfigurationError):
    """A newer assent has written this database; it is left untouched."""

    code = "store_newer"

    def __init__(self, where: str, found: int, known: int) -> None:
        super().__init__(
            f"The database {where!r} has schema version {found}, and this assent knows versions "
            f"up to {known}. Nothing was changed. Upgrade assent, or use another database."
        )


class DefinitionError(AssentError):
    """A workflow, a step or a form that cannot work as it is written."""

    code = "definition"


class NestedVerb(DefinitionError):
    """A verb of the context was called inside a step."""

    code = "nested_verb"

    def __init__(self, verb: str, step: str) -> None:
        super().__init__(
            f"ctx.{verb}() was called inside the step {step!r}. A step is done once and remembered "
            "as a whole: call the verb in the workflow, before or after the step."
        )


class ExpressionError(DefinitionError):
    """A condition written as text cannot be read, or cannot be judged; ``why`` says what is wrong."""

    code = "expression"

    def __init__(self, text: str, why: str) -> None:
        self.text = text
        self.why = why
        super().__init__(
            f"The condition {text!r} cannot be used: {why}. Write it like \"amount > 1000 and plan == 'pro'\"."
        )


class InvalidInput(AssentError):
    """A value does not fit its type; ``errors`` names every place."""

    code = "invalid_input"

    def __init__(self, what: str, errors: tuple[FieldError, ...]) -> None:
        self.errors = errors
        super().__init__(f"{what} {self.unfit}")

    @property
    def unfit(self) -> str:
        """What is wrong with it, in the words that end a sentence."""
        told = "; ".join(f"{e.pointer or '/'}: {e.detail}" for e in self.errors)
        return f"does not fit: {told}."


class Conflict(AssentError):
    """The same id was used before, with other content."""

    code = "conflict"


class InvalidState(AssentError):
    """The thing is not in a state that allows what was asked."""

    code = "invalid_state"


class StateMismatch(InvalidState):
    """A flow cannot go on from this state: it has changed since, or the state never was its own."""

    code = "state_mismatch"


class NotFound(AssentError):
    """Nothing has this id."""

    code = "not_found"


class RunNotFound(NotFound):
    """No run has this id."""

    code = "run_not_found"

    def __init__(self, run: str) -> None:
        super().__init__(f"There is no run {run!r}. List the runs with 'assent runs ls'.")


class TaskNotFound(NotFound):
    """No task has this id or key."""

    code = "task_not_found"

    def __init__(self, task: str) -> None:
        super().__init__(f"There is no task {task!r}. List the tasks with 'assent inbox'.")


class WorkflowNotFound(NotFound):
    """No workflow of this name is registered."""

    code = "workflow_not_found"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no workflow {name!r} here.{did_you_mean(name, known)}")


class FlowNotFound(NotFound):
    """No flow of this id is registered."""

    code = "flow_not_found"

    def __init__(self, id: object, known: list[str]) -> None:
        super().__init__(f"There is no flow {id!r} here.{did_you_mean(str(id), known)}")


class TokenRefused(AssentError):
    """A token or handle of a flow's state is not taken; ``why`` is one word.

    ``forged`` (or of other keys), ``expired``, ``audience`` (it is for somebody else), ``in_use`` (just now, by
    somebody else), ``used``, ``unknown`` (a handle that nothing is kept under).
    """

    code = "token_refused"

    def __init__(self, why: str, told: str) -> None:
        self.why = why
        super().__init__(told)


class ValueNotKept(AssentError):
    """A value could not come back with its type, so it is not saved at all."""

    code = "value_not_kept"

    def __init__(self, path: str, why: str, where: str = "") -> None:
        self.path = path
        self.why = why
        place = f"{where}, at {path}" if where else path
        super().__init__(f"A value cannot be kept ({place}): {why}")

    def within(self, where: str) -> ValueNotKept:
        """The same error, saying also which step or task it was."""
        return ValueNotKept(self.path, self.why, where)


class ValueUnreadable(AssentError):
    """A recorded value cannot be read by this code."""

    code = "value_unreadable"


class JournalMismatch(AssentError):
    """Code and journal disagree; the run is parked before anything runs."""

    code = "journal_mismatch"


class StepFailed(AssentError):
    """A step failed for good; the error of its last attempt is ``__cause__``."""

    code = "step_failed"

    def __init__(self, key: str, attempts: int, why: str) -> None:
        self.key = key
        self.attempts = attempts
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        super().__init__(f"The step {key!r} failed after {tries}: {why}")


class StepTimedOut(AssentError, TimeoutError):
    """One attempt of a step took longer than its timeout."""

    code = "step_timed_out"

    def __init__(self, key: str, limit: timedelta) -> None:
        super().__init__(f"The step {key!r} took longer than its timeout of {limit}.")


class Rejected(AssentError):
    """People said no, and the code called ``require()``."""

    code = "rejected"

    def __init__(self, key: str = "", by: str = "", reason: str | None = None) -> None:
        self.key, self.by, self.reason = key, by, reason
        what = f"{key!r} was rejected" if key else "It was rejected"
        who = f" by {by}" if by else ""
        super().__init__(f"{what}{who}{f': {reason}' if reason else ''}.".replace("..", "."))


class Expired(AssentError, TimeoutError):
    """Nobody answered by the deadline."""

    code = "expired"

    def __init__(self, key: str = "") -> None:
        self.key = key
        super().__init__(f"Nobody answered {key!r} by its deadline.")


class Withdrawn(AssentError):
    """The task was cancelled before it was answered."""

    code = "withdrawn"

    def __init__(self, key: str = "", by: str = "", reason: str | None = None) -> None:
        self.key, self.by, self.reason = key, by, reason
        who = f" by {by}" if by else ""
        super().__init__(f"The task {key!r} was cancelled{who}{f': {reason}' if reason else ''}.")


class RunFailed(AssentError):
    """The run ended with an error, which is ``__cause__``."""

    code = "run_failed"


class WorkflowStalled(RunFailed):
    """Nothing runs, nothing is queued, nobody is asked, and no event has ended the run."""

    code = "workflow_stalled"

    def __init__(self, workflow: str) -> None:
        super().__init__(
            f"The workflow {workflow!r} has stalled: no step runs, no event is on its way, nobody is asked, and no "
            "StopEvent was made. Let the last step return one."
        )


class SnapshotRefused(AssentError):
    """A snapshot cannot be resumed: it is damaged, from elsewhere, from a newer version, or was used before."""

    code = "snapshot_refused"


class SessionNotKept(AssentError):
    """A pause was refused, and the run goes on: its session holds what the snapshot may not or cannot hold."""

    code = "session_not_kept"


class RunCancelled(AssentError):
    """The run was cancelled."""

    code = "run_cancelled"


class RunTimedOut(AssentError, TimeoutError):
    """The run took longer than its workflow's timeout."""

    code = "run_timed_out"


class RunParked(AssentError):
    """The run needs an engineer: its code and its journal disagree, or recovery gave up."""

    code = "run_parked"


class StepRetriableError(AssentError):
    """Raise it in a step of a flow: the flow pauses with this error, and the step may be tried again.

    ``error`` is what went wrong, as text or as an exception; ``errors`` a list for whoever asks (of fields, say);
    ``input_required`` asks for other input; ``expires`` says until when (a duration, or a moment).
    """

    code = "step_retriable"

    def __init__(
        self,
        error: str | BaseException = "The step failed, and may be tried again.",
        *,
        errors: object = None,
        input_required: object = None,
        expires: object = None,
    ) -> None:
        self.original = error if isinstance(error, BaseException) else None
        self.errors = errors
        self.input_required = input_required
        self.expires = expires
        super().__init__(str(error))

    @property
    def error(self) -> BaseException:
        """What went wrong: the exception it was made of, else this one."""
        return self.original or self


class NonRetryable(AssentError):
    """Raise it in a step (``raise NonRetryable(...) from error``): the step is not tried again."""

    code = "non_retryable"


class RetryAfter(AssentError):
    """Raise it in a step: the next attempt starts after ``delay`` (seconds or a timedelta)."""

    code = "retry_after"

    def __init__(self, delay: float | timedelta, message: str = "") -> None:
        self.delay = delay if isinstance(delay, timedelta) else timedelta(seconds=delay)
        super().__init__(message or f"Try again after {self.delay}.")


class Waiting(BaseException):
    """Unwinds a workflow that has nothing to do until the world moves.

    A BaseException, so that ``except Exception`` in user code cannot swallow it.
    """
