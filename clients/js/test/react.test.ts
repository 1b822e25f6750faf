// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, inject, test } from "vitest";
import { Assent } from "../src/index.js";
import { useApprovals, useRun, useWorkflow } from "../src/react.js";

const assent = new Assent({ url: inject("url"), key: inject("key") });
const patient = { timeout: 30_000 };

for (const [approved, last, output] of [
  [true, "finalize", "approved"],
  [false, "process-rejected", "rejected"],
] as const) {
  test(`a workflow is triggered, waits, and is continued: ${output}`, async () => {
    const { result } = renderHook(() => useWorkflow(assent, "human-in-loop"));
    expect(result.current.waitingState).toBeNull();
    await expect(result.current.continueWorkflow({ approved })).rejects.toThrow(/does not wait/);
    await act(() => result.current.trigger({ user: "u", action: "send" }));
    await waitFor(() => expect(result.current.waitingState).not.toBeNull(), patient);
    expect(result.current.waitingState?.eventId).toBe(`approval-${result.current.workflowRunId}`);
    expect(result.current.steps.map(({ stepName }) => stepName)).toEqual(["initial-processing"]);
    const viewer = renderHook(() => useRun(assent, result.current.workflowRunId)); // another page, or a reload
    await waitFor(() => expect(viewer.result.current.waiting).toHaveLength(1), patient);
    await act(() => result.current.continueWorkflow({ approved }));
    await waitFor(() => expect(result.current.isRunFinished).toBe(true), patient);
    await waitFor(() => expect(viewer.result.current.finished).toBe(true), patient);
    expect(result.current.waitingState).toBeNull();
    expect(result.current.steps.at(-1)?.stepName).toBe(last);
    expect(viewer.result.current.output).toMatchObject({ status: output });
  });
}

test("nobody is asked any more once the time is up, or the run is cancelled or fails", async () => {
  for (const [input, status] of [
    [{ user: "u", action: "a", timeout: "1s" }, "succeeded"],
    [{ user: "u", action: "a" }, "cancelled"],
    [{ user: "u", action: "a", trouble: true }, "failed"],
  ] as const) {
    const { result } = renderHook(() => useWorkflow(assent, "human-in-loop"));
    const id = await act(() => result.current.trigger(input));
    await waitFor(() => expect(result.current.waitingState).not.toBeNull(), patient);
    if (status === "cancelled") await assent.steer(id, "cancel", "enough");
    if (status === "failed") await act(() => result.current.continueWorkflow({ approved: true }));
    await waitFor(() => expect(result.current.isRunFinished).toBe(true), patient);
    expect([result.current.state.status, result.current.waitingState]).toEqual([status, null]);
  }
});

test("tasks come and go by themselves, and are answered as they were shown", async () => {
  const { result } = renderHook(() => useApprovals(assent, { workflow: "ask" }));
  await waitFor(() => expect(result.current.loading).toBe(false), patient);
  const { id } = await assent.start("ask", "Sure?");
  await waitFor(() => expect(result.current.tasks).toHaveLength(1), patient);
  const task = result.current.tasks[0]!;
  expect([task.run_id, task.title]).toEqual([id, "Sure?"]);
  const receipt = await act(() => result.current.approve(task, "fine"));
  expect(receipt.status).toBe("accepted");
  await waitFor(() => expect(result.current.tasks).toHaveLength(0), patient);
  expect((await result.current.reject(task)).status).toBe("already_decided");
});
