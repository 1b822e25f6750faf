/**
 * An assent server, from a browser or from Node: start runs, signal to them, answer tasks, hear what happens.
 *
 * Streams are read with `fetch`, so that a key can be shown. They come back by themselves after a broken connection,
 * and go on after the last event that was heard: each event comes once, in order.
 */

import { createParser } from "eventsource-parser";
import type { components } from "./api.js";

export { apply, begun } from "./state.js";
export type { RunState, Step, Waiting } from "./state.js";

type Schemas = components["schemas"];
export type Run = Schemas["Run"];
export type RunLine = Schemas["RunLine"];
export type Task = Schemas["Task"];
export type Receipt = Schemas["Receipt"];
export type SignalReceipt = Schemas["SignalReceipt"];
export type Problem = Schemas["Problem"];

/** Something that happened. `seq` grows over all runs. */
export interface AssentEvent {
  name: string;
  seq: number;
  run_id: string;
  at: string;
  // eslint-disable-next-line -- what an event carries depends on its name
  data: any;
}

/** The server said no: `problem` has its stable `code`, and every place that does not fit. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super(problem.detail ?? `The server says ${status}.`);
  }
}

export interface Options {
  /** Where the API is, without `/api/v1`; this page's own server unless given. */
  url?: string;
  /** An API key; a browser that has signed in needs none. */
  key?: string;
  fetch?: typeof fetch;
}

export interface Listen {
  run?: string;
  /** Only events of these names; `task.*` means all of tasks. */
  names?: readonly string[];
  /** The last `seq` that was heard, or "newest"; the beginning unless given. */
  after?: number | "newest";
  signal?: AbortSignal;
  /** Told whenever the connection comes or goes. */
  onConnection?: (live: boolean) => void;
}

type Action = "approve" | "reject" | "edit" | "answer" | "claim" | "release" | "comment" | "cancel";

export class Assent {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #fetch: typeof fetch;

  constructor(options: Options = {}) {
    this.#base = `${(options.url ?? "").replace(/\/+$/, "")}/api/v1`;
    this.#headers = options.key ? { Authorization: `Bearer ${options.key}` } : {};
    this.#fetch = options.fetch ?? ((...given) => fetch(...given));
  }

  /** Start a run; the same id again is the same run. */
  start(workflow: string, input?: unknown, more: { id?: string; labels?: Record<string, string> } = {}): Promise<Run> {
    return this.#call("POST", "/runs", { workflow, input: input ?? null, ...more });
  }

  run(id: string): Promise<Run> {
    return this.#call("GET", `/runs/${encodeURIComponent(id)}`);
  }

  async runs(asked: Record<string, string> = {}): Promise<RunLine[]> {
    return (await this.#call<{ items: RunLine[] }>("GET", `/runs?${new URLSearchParams(asked)}`)).items;
  }

  steer(id: string, how: "pause" | "resume" | "cancel" | "retry", reason?: string): Promise<Run> {
    return this.#call("POST", `/runs/${encodeURIComponent(id)}/${how}`, reason === undefined ? {} : { reason });
  }

  async tasks(asked: Record<string, string> = {}): Promise<Task[]> {
    return (await this.#call<{ items: Task[] }>("GET", `/tasks?${new URLSearchParams(asked)}`)).items;
  }

  /** Answer a task, or do something else with it; what became of it, also where it was too late. */
  act(task: string, action: Action, said: Record<string, unknown> = {}): Promise<Receipt> {
    return this.#receipt(`/tasks/${encodeURIComponent(task)}/${action}`, said);
  }

  /** Signal to whoever waits for an event; with `run_id`, to that run, which keeps what comes early. */
  notify(event: string, data: unknown = null, more: { run_id?: string; id?: string } = {}): Promise<SignalReceipt> {
    return this.#receipt(`/events/${encodeURIComponent(event)}`, { data, ...more });
  }

  /** What happens, once and in order; of one run until it has ended, of all until it is aborted. */
  async *events(listen: Listen = {}): AsyncGenerator<AssentEvent, void, undefined> {
    const path = listen.run === undefined ? "/events" : `/runs/${encodeURIComponent(listen.run)}/events`;
    let last = listen.after ?? 0;
    let failures = 0;
    while (!listen.signal?.aborted) {
      try {
        const asked = new URLSearchParams({ after: String(last) });
        if (listen.names?.length) asked.set("name", listen.names.join(","));
        const reply = await this.#send("GET", `${path}?${asked}`, undefined, listen.signal);
        if (reply.status === 204) return;
        if (!reply.ok) throw await refusal(reply);
        listen.onConnection?.(true);
        for await (const event of read(reply)) {
          failures = 0;
          last = event.seq;
          yield event;
          if (listen.run !== undefined && event.name === "run.finished") return;
        }
      } catch (error) {
        if (listen.signal?.aborted) return;
        if (error instanceof Refused && error.status < 500) throw error;
      }
      listen.onConnection?.(false);
      await pause(Math.min(10_000, 100 * 2 ** failures++), listen.signal);
    }
  }

  async #receipt<R>(path: string, body: unknown): Promise<R> {
    try {
      return await this.#call("POST", path, body);
    } catch (error) {
      // What was refused has a receipt too: it says who was faster, or what does not fit.
      if (error instanceof Refused && "message" in error.problem && "status" in error.problem) {
        if (typeof error.problem.status === "string") return error.problem as R;
      }
      throw error;
    }
  }

  async #call<R>(method: string, path: string, body?: unknown): Promise<R> {
    const reply = await this.#send(method, path, body);
    if (!reply.ok) throw await refusal(reply);
    return (await reply.json()) as R;
  }

  #send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    return this.#fetch(this.#base + path, {
      method,
      headers: { ...this.#headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: "same-origin",
    });
  }
}

async function refusal(reply: Response): Promise<Refused> {
  const told = (await reply.json().catch(() => ({}))) as Partial<Problem>;
  return new Refused(reply.status, told);
}

async function* read(reply: Response): AsyncGenerator<AssentEvent> {
  if (reply.body === null) return;
  let heard: AssentEvent[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      const told = JSON.parse(data);
      // After a reset what follows is live; its data is the state of things by then.
      if (event === "reset") heard.push({ name: "reset", seq: told.newest, run_id: "", at: "", data: told });
      else heard.push(told as AssentEvent);
    },
  });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
      const ready = heard;
      heard = [];
      yield* ready;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function pause(length: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, length);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
