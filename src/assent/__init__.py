"""assent: durable Python workflows that wait for people."""

from __future__ import annotations

from assent.app import App
from assent.authoring.functions import Workflow, step
from assent.core.decision import Answer, Decision
from assent.core.page import Page
from assent.core.policy import Actor
from assent.core.run import RunStatus
from assent.core.signal import Delivery, EventResult, SignalReceipt, SignalStatus, Waiter
from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.engine.people import Value
from assent.engine.steps import CurrentStep, current_step
from assent.errors import (
    AssentError,
    ConfigurationError,
    Conflict,
    DefinitionError,
    Expired,
    FieldError,
    InvalidInput,
    InvalidState,
    JournalMismatch,
    NestedVerb,
    NonRetryable,
    NotFound,
    NotOpen,
    Rejected,
    RetryAfter,
    RunCancelled,
    RunFailed,
    RunNotFound,
    RunTimedOut,
    StepFailed,
    StepTimedOut,
    StoreLocked,
    StoreNewer,
    TaskNotFound,
    ValueNotKept,
    ValueUnreadable,
    Waiting,
    Withdrawn,
    WorkflowNotFound,
)
from assent.failures import Failure
from assent.human.inbox import Receipt, TaskView
from assent.ports import Context
from assent.runs import RunHandle, RunInfo, Standing
from assent.stream import Event
from assent.system import Settings

__version__ = "0.1.0"

__all__ = [
    "Actor",
    "Answer",
    "App",
    "AssentError",
    "ConfigurationError",
    "Conflict",
    "Context",
    "CurrentStep",
    "Decision",
    "DefinitionError",
    "Delivery",
    "Event",
    "EventResult",
    "Expired",
    "Failure",
    "FieldError",
    "InvalidInput",
    "InvalidState",
    "JournalMismatch",
    "NestedVerb",
    "NonRetryable",
    "NotFound",
    "NotOpen",
    "Outcome",
    "Page",
    "Receipt",
    "ReceiptStatus",
    "Rejected",
    "RetryAfter",
    "RunCancelled",
    "RunFailed",
    "RunHandle",
    "RunInfo",
    "RunNotFound",
    "RunStatus",
    "RunTimedOut",
    "Settings",
    "SignalReceipt",
    "SignalStatus",
    "Standing",
    "StepFailed",
    "StepTimedOut",
    "StoreLocked",
    "StoreNewer",
    "TaskKind",
    "TaskNotFound",
    "TaskState",
    "TaskView",
    "Value",
    "ValueNotKept",
    "ValueUnreadable",
    "Waiter",
    "Waiting",
    "Withdrawn",
    "Workflow",
    "WorkflowNotFound",
    "current_step",
    "step",
]
