import { expect, inject, test } from "vitest";
import { apply, Assent, begun, Refused, type AssentEvent } from "../src/index.js";

const assent = new Assent({ url: inject("url"), key: inject("key") });

async function all(events: AsyncIterable<AssentEvent>): Promise<AssentEvent[]> {
  const heard: AssentEvent[] = [];
  for await (const event of events) heard.push(event);
  return heard;
}

async function until(run: string, name: string): Promise<AssentEvent> {
  const ends = new AbortController();
  for await (const event of assent.events({ run, names: [name, "run.finished"], signal: ends.signal })) {
    if (event.name === name) return event;
  }
  throw new Error(`The run ended without ${name}.`);
}

test("a run is started, heard, continued and over", async () => {
  const { id } = await assent.start("human-in-loop", { user: "u", action: "send" });
  const waiting = await until(id, "event.waiting");
  const receipt = await assent.notify(waiting.data.name, { approved: true });
  expect([receipt.status, receipt.runs]).toEqual(["delivered", [id]]);
  const heard = await all(assent.events({ run: id }));
  expect(heard.filter(({ name }) => name !== "run.waiting").map(({ name }) => name)).toEqual([
    "run.started", "step.started", "step.finished", "event.waiting", "event.received",
    "step.started", "step.finished", "step.started", "step.finished", "run.finished",
  ]);
  const state = heard.reduce(apply, begun);
  expect(state.finished).toBe(true);
  expect(state.waiting).toEqual([]);
  expect(state.steps.map(({ stepName }) => stepName)).toEqual([
    "initial-processing", "process-approved", "finalize",
  ]);
  expect(heard.reduce(apply, state)).toEqual(state); // heard twice, it is the same
  const again = await assent.notify(waiting.data.name, { approved: false });
  expect(again.status).toBe("already_resolved");
  expect((await assent.run(id)).output).toEqual({ status: "approved", action: "send" });
});

test("a connection that is cut again and again loses nothing and doubles nothing", async () => {
  const { id } = await assent.start("chatty", 2000);
  let cuts = 0;
  const cutting = new Assent({
    url: inject("url"),
    key: inject("key"),
    fetch: async (...given) => {
      const reply = await fetch(...given);
      if (!reply.body || cuts >= 20) return reply;
      cuts += 1;
      let left = 5_000 + cuts * 700;
      const cut = reply.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, out) {
            out.enqueue(chunk.subarray(0, left)); // in the middle of an event, as a rule
            left -= chunk.length;
            if (left <= 0) out.terminate();
          },
        }),
      );
      return new Response(cut, { status: reply.status, headers: reply.headers });
    },
  });
  const heard = await all(cutting.events({ run: id, names: ["said", "run.finished"] }));
  expect(cuts).toBeGreaterThan(1);
  const said = heard.filter(({ name }) => name === "said").map(({ data }) => data as number);
  expect(said).toEqual(Array.from({ length: 2000 }, (_, place) => place));
});

test("what is refused says why, and what came too late has a receipt", async () => {
  await expect(assent.start("nothing")).rejects.toThrow(/no workflow 'nothing'/);
  await expect(assent.start("human-in-loop", { user: "" })).rejects.toMatchObject({ status: 422 });
  const stranger = new Assent({ url: inject("url"), key: "ak_wrong" });
  await expect(all(stranger.events())).rejects.toBeInstanceOf(Refused);
  expect((await assent.notify("nobody waits")).status).toBe("no_waiters");
  expect((await assent.act("task_none", "approve")).status).toBe("unknown");
});
