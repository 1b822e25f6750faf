/** React hooks: a run as it happens, the tasks that wait, and a workflow with its approvals in one. */

import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { type AssentEvent, type Assent, type Receipt, type SignalReceipt, type Task } from "./index.js";
import { apply, begun, type RunState, type Step, type Waiting } from "./state.js";

type Heard = AssentEvent | "begin";

function heard(state: RunState, event: Heard): RunState {
  return event === "begin" ? begun : apply(state, event);
}

/** A run as its stream tells it, live; null: none yet. */
export function useRun(assent: Assent, run: string | null): RunState & { live: boolean; trouble: Error | null } {
  const [state, tell] = useReducer(heard, begun);
  const [live, setLive] = useState(false);
  const [trouble, setTrouble] = useState<Error | null>(null);
  useEffect(() => {
    tell("begin");
    setTrouble(null);
    if (run === null) return;
    const ends = new AbortController();
    void (async () => {
      try {
        for await (const event of assent.events({ run, signal: ends.signal, onConnection: setLive })) tell(event);
      } catch (error) {
        if (!ends.signal.aborted) setTrouble(error as Error);
      }
      setLive(false);
    })();
    return () => ends.abort();
  }, [assent, run]);
  return useMemo(() => ({ ...state, live, trouble }), [state, live, trouble]);
}

const TASKS = ["task.*", "reset"];

/** The open tasks, read anew whenever one changes, and a way to answer them. */
export function useApprovals(
  assent: Assent,
  asked: Record<string, string> = {},
): {
  tasks: readonly Task[];
  loading: boolean;
  trouble: Error | null;
  approve: (task: Task, reason?: string) => Promise<Receipt>;
  reject: (task: Task, reason?: string) => Promise<Receipt>;
  answer: (task: Task, value: unknown) => Promise<Receipt>;
} {
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const [loading, setLoading] = useState(true);
  const [trouble, setTrouble] = useState<Error | null>(null);
  const wanted = JSON.stringify(asked);
  useEffect(() => {
    const ends = new AbortController();
    let reading = 0;
    const read = async () => {
      const mine = ++reading;
      try {
        const found = await assent.tasks(JSON.parse(wanted) as Record<string, string>);
        if (mine === reading && !ends.signal.aborted) setTasks(found); // a later look has newer news
        setTrouble(null);
      } catch (error) {
        if (!ends.signal.aborted) setTrouble(error as Error);
      }
      setLoading(false);
    };
    void (async () => {
      try {
        const live = assent.events({
          names: TASKS, after: "newest", signal: ends.signal,
          onConnection: (connected) => { if (connected) void read(); },
        });
        for await (const _ of live) void read();
      } catch (error) {
        if (!ends.signal.aborted) setTrouble(error as Error);
      }
    })();
    return () => ends.abort();
  }, [assent, wanted]);
  const act = useCallback(
    (task: Task, how: "approve" | "reject" | "answer", said: Record<string, unknown>) =>
      assent.act(task.id, how, { ...said, shown: task.digest }),
    [assent],
  );
  return {
    tasks, loading, trouble,
    approve: useCallback((task, reason) => act(task, "approve", reason === undefined ? {} : { reason }), [act]),
    reject: useCallback((task, reason) => act(task, "reject", reason === undefined ? {} : { reason }), [act]),
    answer: useCallback((task, value) => act(task, "answer", { value }), [act]),
  };
}

/** A workflow that is started, watched and decided on one page; `run` takes one up again, after a reload. */
export function useWorkflow(
  assent: Assent,
  workflow: string,
  run: string | null = null,
): {
  trigger: (input?: unknown) => Promise<string>;
  continueWorkflow: (data: unknown) => Promise<SignalReceipt | Receipt>;
  isTriggering: boolean;
  workflowRunId: string | null;
  steps: readonly Step[];
  waitingState: Waiting | null;
  isRunFinished: boolean;
  state: RunState & { live: boolean; trouble: Error | null };
} {
  const [workflowRunId, setRun] = useState(run);
  const [isTriggering, setTriggering] = useState(false);
  const state = useRun(assent, workflowRunId);
  const waitingState = state.waiting[0] ?? null;
  const waiting = useRef(waitingState);
  waiting.current = waitingState;
  const trigger = useCallback(
    async (input?: unknown) => {
      setTriggering(true);
      try {
        const { id } = await assent.start(workflow, input);
        setRun(id);
        return id;
      } finally {
        setTriggering(false);
      }
    },
    [assent, workflow],
  );
  const continueWorkflow = useCallback(
    async (data: unknown) => {
      const asked = waiting.current;
      if (asked === null) throw new Error("The workflow does not wait for anything.");
      if (asked.task === null) return assent.notify(asked.eventId, data);
      const approved = (data as { approved?: boolean } | null)?.approved;
      if (approved === undefined) return assent.act(asked.task, "answer", { value: data });
      return assent.act(asked.task, approved ? "approve" : "reject");
    },
    [assent],
  );
  const steps = useMemo(() => state.steps.filter((step) => step.state !== "running"), [state.steps]);
  return {
    trigger, continueWorkflow, isTriggering, workflowRunId, steps, waitingState, state, isRunFinished: state.finished,
  };
}
