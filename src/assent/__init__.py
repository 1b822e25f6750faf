"""assent: durable Python workflows that wait for people."""

from __future__ import annotations

from assent.app import App
from assent.authoring.flows.output import Output
from assent.authoring.flows.prompt import input_required
from assent.authoring.flows.steps import CurrentFlow, use_flow
from assent.authoring.functions import Workflow, step
from assent.authoring.gates import gate
from assent.core.calendar import BusinessHours
from assent.core.classes import Transient
from assent.core.decision import Answer, Approved, Decision, Pending
from assent.core.flow import Break, Continue, Flow, When, While
from assent.core.gathering import Gather
from assent.core.page import Page
from assent.core.place import Limit
from assent.core.policy import Actor, Escalate, Policy, Remind, Stage
from assent.core.routing import Quiet, Route
from assent.core.run import RunStatus
from assent.core.signal import Delivery, EventResult, SignalReceipt, SignalStatus, Waiter
from assent.core.snapshot import Snapshot
from assent.core.task import Outcome, ReceiptStatus, TaskKind, TaskState
from assent.core.values import kept_as
from assent.engine.people import Value
from assent.engine.steps import CurrentStep, current_step
from assent.errors import (
    AssentError,
    ConfigurationError,
    Conflict,
    DefinitionError,
    Expired,
    ExpressionError,
    FieldError,
    FlowNotFound,
    InvalidInput,
    InvalidState,
    JournalMismatch,
    NestedVerb,
    NonRetryable,
    NotFound,
    NotOpen,
    Rejected,
    RestateAway,
    RetryAfter,
    RunCancelled,
    RunFailed,
    RunNotFound,
    RunParked,
    RunTimedOut,
    SessionNotKept,
    SnapshotRefused,
    StateMismatch,
    StepFailed,
    StepRetriableError,
    StepTimedOut,
    StoreAway,
    StoreLocked,
    StoreNewer,
    TaskNotFound,
    TokenRefused,
    ValueNotKept,
    ValueUnreadable,
    Waiting,
    Withdrawn,
    WorkflowNotFound,
    WorkflowStalled,
)
from assent.failures import Failure
from assent.flows import Flows
from assent.human.receipt import Receipt
from assent.human.view import TaskView
from assent.notifying.notice import Bundle, Notice
from assent.oidc import Oidc
from assent.ports.context import Context
from assent.ports.directory import Directory, User
from assent.restate.options import Restate
from assent.runs.handle import RunHandle, Standing
from assent.runs.listing import InQueue, QueueInfo, RunInfo
from assent.stream import Event
from assent.system import Settings
from assent.version import VERSION

__version__ = VERSION

__all__ = [
    "Actor",
    "Answer",
    "App",
    "Approved",
    "AssentError",
    "Break",
    "Bundle",
    "BusinessHours",
    "ConfigurationError",
    "Conflict",
    "Context",
    "Continue",
    "CurrentFlow",
    "CurrentStep",
    "Decision",
    "DefinitionError",
    "Delivery",
    "Directory",
    "Escalate",
    "Event",
    "EventResult",
    "Expired",
    "ExpressionError",
    "Failure",
    "FieldError",
    "Flow",
    "FlowNotFound",
    "Flows",
    "Gather",
    "InQueue",
    "InvalidInput",
    "InvalidState",
    "JournalMismatch",
    "Limit",
    "NestedVerb",
    "NonRetryable",
    "NotFound",
    "NotOpen",
    "Notice",
    "Oidc",
    "Outcome",
    "Output",
    "Page",
    "Pending",
    "Policy",
    "QueueInfo",
    "Quiet",
    "Receipt",
    "ReceiptStatus",
    "Rejected",
    "Remind",
    "Restate",
    "RestateAway",
    "RetryAfter",
    "Route",
    "RunCancelled",
    "RunFailed",
    "RunHandle",
    "RunInfo",
    "RunNotFound",
    "RunParked",
    "RunStatus",
    "RunTimedOut",
    "SessionNotKept",
    "Settings",
    "SignalReceipt",
    "SignalStatus",
    "Snapshot",
    "SnapshotRefused",
    "Stage",
    "Standing",
    "StateMismatch",
    "StepFailed",
    "StepRetriableError",
    "StepTimedOut",
    "StoreAway",
    "StoreLocked",
    "StoreNewer",
    "TaskKind",
    "TaskNotFound",
    "TaskState",
    "TaskView",
    "TokenRefused",
    "Transient",
    "User",
    "Value",
    "ValueNotKept",
    "ValueUnreadable",
    "Waiter",
    "Waiting",
    "When",
    "While",
    "Withdrawn",
    "Workflow",
    "WorkflowNotFound",
    "WorkflowStalled",
    "current_step",
    "gate",
    "input_required",
    "kept_as",
    "step",
    "use_flow",
]
