"""Event-driven workflows: what users import. The style itself is in ``assent.authoring.events``."""

from __future__ import annotations

from assent.authoring.events.context import StepContext
from assent.authoring.events.event import (
    Event,
    InputRequest,
    InputResponse,
    RunFailure,
    RunRequest,
    RunResponse,
    StartEvent,
    StopEvent,
)
from assent.authoring.events.graph import step
from assent.errors import WorkflowStalled
from assent.events.handler import EventStream, Handler
from assent.events.workflow import EventWorkflow

Context = StepContext

__all__ = [
    "Context",
    "Event",
    "EventStream",
    "EventWorkflow",
    "Handler",
    "InputRequest",
    "InputResponse",
    "RunFailure",
    "RunRequest",
    "RunResponse",
    "StartEvent",
    "StepContext",
    "StopEvent",
    "WorkflowStalled",
    "step",
]
