/** A run as its stream has told it so far: events in, state out, nothing else. */

import type { AssentEvent } from "./index.js";

export interface Step {
  stepName: string;
  key: string;
  state: "running" | "done" | "failed";
  result?: unknown;
  error?: string;
}

export interface Waiting {
  key: string;
  /** The event to signal, or the task to answer. */
  eventId: string;
  task: string | null;
  message: string;
  due: Date | null;
}

export interface RunState {
  seq: number;
  steps: readonly Step[];
  waiting: readonly Waiting[];
  status: "running" | "waiting" | "paused" | "parked" | "succeeded" | "failed" | "cancelled" | "timed_out";
  finished: boolean;
  output: unknown;
  error: string | null;
}

export const begun: RunState = {
  seq: 0, steps: [], waiting: [], status: "running", finished: false, output: null, error: null,
};

/** The state after an event; one that was heard before changes nothing. */
export function apply(before: RunState, { name, seq, data }: AssentEvent): RunState {
  if (seq <= before.seq) return before;
  const state = { ...before, seq };
  switch (name) {
    case "step.started":
      return { ...running(state), steps: put(state.steps, { stepName: data.name, key: data.key, state: "running" }) };
    case "step.finished":
      return {
        ...state,
        steps: put(state.steps, { stepName: data.name, key: data.key, state: "done", result: data.result }),
      };
    case "step.failed":
      return {
        ...state,
        steps: put(state.steps, { stepName: data.name, key: data.key, state: "failed", error: message(data.error) }),
      };
    case "event.waiting":
      return waits(state, { key: data.key, eventId: data.name, task: null, message: data.name, due: moment(data.due) });
    case "task.opened":
      return waits(state, {
        key: data.key, eventId: data.name, task: data.task, message: data.title, due: moment(data.due),
      });
    case "event.received":
    case "event.withdrawn":
    case "task.closed":
      return { ...running(state), waiting: state.waiting.filter((wait) => wait.key !== data.key) };
    case "run.waiting":
    case "run.queued":
      return { ...state, status: "waiting" };
    case "run.paused":
    case "run.parked":
      return { ...state, status: name === "run.paused" ? "paused" : "parked" };
    case "run.admitted":
      return running(state);
    case "run.resumed":
    case "run.retried":
      return { ...state, status: "running", finished: false, error: null };
    case "run.finished":
      return {
        ...state,
        status: data.status,
        finished: true,
        waiting: [],
        output: data.output ?? null,
        error: data.error ? message(data.error) : null,
      };
    default:
      return state;
  }
}

function put(steps: readonly Step[], step: Step): readonly Step[] {
  const place = steps.findIndex((known) => known.key === step.key);
  return place < 0 ? [...steps, step] : steps.map((known, at) => (at === place ? step : known));
}

function waits(state: RunState, wait: Waiting): RunState {
  return { ...state, waiting: [...state.waiting.filter((known) => known.key !== wait.key), wait] };
}

function running(state: RunState): RunState {
  return state.status === "waiting" ? { ...state, status: "running" } : state;
}

function moment(due: number | null | undefined): Date | null {
  return due ? new Date(due / 1000) : null;
}

function message(error: { message?: string } | string | null): string {
  return typeof error === "string" ? error : (error?.message ?? "");
}
