"""Operations that people must grant before they run: ``@gate`` on a step.

ctx.step(gated, …) ──judged before?──▶ no: the step runs, and nobody is asked
                          └──▶ yes: a task with the arguments ──granted──▶ the step, with them as edited
                                                      └──rejected──▶ Rejected; the step never runs
"""

from __future__ import annotations

import inspect
from typing import Any, Final

from assent.core.journal import ValueRecorded
from assent.core.run import Run
from assent.core.values import pack, unpack
from assent.engine import steps
from assent.engine.execution import Execution
from assent.engine.ground import Engine, Ground
from assent.engine.people import People
from assent.errors import DefinitionError
from assent.ports.program import GATE, Gate


class Gates(Ground):
    """Asks before gated operations run."""

    def __init__(self, execution: Execution, engine: Engine, run: Run, people: People) -> None:
        super().__init__(execution, engine, run)
        self._people = people

    async def granted(self, work: steps.Work) -> steps.Work:
        """The work as it may be done; raises Rejected, Expired or Withdrawn where it may not."""
        gate: Gate = getattr(work.call, GATE)
        bound = _bound(work)
        given = dict(bound.arguments)
        if not await self._asks(gate, given):
            return work
        title = f"Run {work.options.name}?" if gate.describe is None else gate.describe(given)
        decision = await self._people.approve(
            gate.key,
            title=str(title),
            value=given,
            form=gate.form(),
            gate=work.options.name,
            **gate.terms,
        )
        bound.arguments.update(decision.require())
        return steps.Work(work.options, work.call, bound.args, bound.kwargs)

    async def _asks(self, gate: Gate, given: dict[str, Any]) -> bool:
        """Whether people must be asked: judged once, and recorded."""
        if gate.when is None:
            return True
        branch = self.execution.branch()
        key = branch.key(f"{_JUDGED}{gate.key}")
        slot = self.execution.recorded(branch, key, "value")
        if slot is not None:
            return bool(unpack(slot.value))
        await self.at_the_end(branch)
        found = gate.when(given)
        judged = bool(await found if inspect.isawaitable(found) else found)
        self.execution.append(ValueRecorded(key=key, value=pack(judged)))
        return judged


_JUDGED: Final = "gate:"


def _bound(work: steps.Work) -> inspect.BoundArguments:
    try:
        bound = inspect.signature(work.call).bind(*work.args, **work.kwargs)
    except TypeError as error:
        raise DefinitionError(
            f"ctx.step({work.options.name}, …) does not fit its function: {error}."
        ) from None
    bound.apply_defaults()
    return bound
