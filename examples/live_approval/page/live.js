// The page is what the stream has told: every event once, in order, also after a reload or a broken connection.

const API = "/approvals/api/v1";
const NAMES = ["run.started", "step.started", "step.finished", "step.failed", "event.waiting", "event.received",
  "event.withdrawn", "run.paused", "run.resumed", "run.finished"];
const $ = (id) => document.getElementById(id);

let source = null;
let state = empty();

function empty() {
  return { run: null, seen: 0, steps: new Map(), waits: new Map(), action: "", finished: null };
}

// What an event makes of the state; one that was seen before changes nothing.
function apply({ name, seq, data }) {
  if (seq <= state.seen) return;
  state.seen = seq;
  switch (name) {
    case "run.started":
      state.action = data.input.action;
      break;
    case "step.started":
      state.steps.set(data.key, { name: data.name, state: "running", what: "" });
      break;
    case "step.finished":
      state.steps.set(data.key, { name: data.name, state: "done", what: JSON.stringify(data.result) });
      break;
    case "step.failed":
      state.steps.set(data.key, { name: data.name, state: "failed", what: data.error.message });
      break;
    case "event.waiting":
      state.waits.set(data.key, { event: data.name, due: data.due ? new Date(data.due / 1000) : null });
      break;
    case "event.received":
    case "event.withdrawn": // answered here or elsewhere, too late, or no longer wanted: nobody is asked any more
      state.waits.delete(data.key);
      break;
    case "run.finished":
      state.waits.clear();
      state.finished = { status: data.status, output: data.output, error: data.error };
      break;
  }
}

function draw() {
  const { run, steps, waits, finished } = state;
  $("run").hidden = !run;
  $("run-id").textContent = run ?? "";
  $("steps").replaceChildren(...[...steps.values()].map(drawn));
  const waiting = [...waits.values()][0];
  $("prompt").hidden = !waiting;
  if (waiting) {
    $("question").textContent = `${state.action}?`;
    $("until").textContent = waiting.due ? `Until ${waiting.due.toLocaleString()}` : "";
    for (const id of ["approve", "reject"]) $(id).disabled = false;
  }
  $("finished").hidden = !finished;
  if (finished) {
    $("finished").dataset.status = finished.status;
    $("finished").textContent = ending(finished);
  }
  $("cancel").hidden = !run || !!finished;
}

function drawn({ name, state, what }) {
  const item = document.createElement("li");
  item.dataset.state = state;
  item.append(Object.assign(document.createElement("strong"), { textContent: name }));
  if (what) item.append(Object.assign(document.createElement("span"), { className: "what", textContent: what }));
  return item;
}

function ending({ status, output, error }) {
  if (status === "succeeded") return `Finished: ${output.status}.`;
  if (status === "cancelled") return `Cancelled${error?.by ? ` by ${error.by}` : ""}.`;
  return `${status === "timed_out" ? "Timed out" : "Failed"}: ${error?.message ?? ""}`;
}

function say(text) {
  $("said").textContent = text;
}

function link(state, words) {
  $("link").dataset.state = state;
  $("link").textContent = words;
}

function watch(run) {
  source?.close();
  state = { ...empty(), run };
  source = new EventSource(`${API}/runs/${encodeURIComponent(run)}/events?name=${NAMES.join(",")}`);
  source.onopen = () => link("live", "live");
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED && !state.finished) {
      link("away", "not found, or signed out");
    } else if (!state.finished) {
      link("away", "reconnecting …");
    }
  };
  source.addEventListener("reset", () => location.reload());
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      apply(JSON.parse(event.data));
      draw();
      if (state.finished) {
        source.close();
        link("idle", "finished");
      }
    });
  }
  draw();
}

async function post(path, body) {
  const reply = await fetch(API + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await reply.json();
  if (!reply.ok) throw new Error(told.detail ?? told.message);
  return told;
}

async function trigger(event) {
  event.preventDefault();
  const form = new FormData($("start"));
  const button = $("start").querySelector("button");
  button.disabled = true;
  say("");
  try {
    const input = {
      user: "you",
      action: form.get("action"),
      timeout: form.get("timeout"),
      trouble: form.get("trouble") === "on",
    };
    const { id } = await post("/runs", { workflow: "human-in-loop", input });
    history.pushState(null, "", `?run=${encodeURIComponent(id)}`);
    watch(id);
  } catch (error) {
    say(error.message);
  } finally {
    button.disabled = false;
  }
}

// The buttons come back only if nothing was decided: that it was is told by the stream, to every viewer.
async function decide(approved) {
  const waiting = [...state.waits.values()][0];
  if (!waiting) return;
  for (const id of ["approve", "reject"]) $(id).disabled = true;
  say("");
  try {
    await post(`/events/${encodeURIComponent(waiting.event)}`, { data: { approved } });
  } catch (error) {
    say(error.message);
    draw();
  }
}

async function cancel() {
  try {
    await post(`/runs/${encodeURIComponent(state.run)}/cancel`, {});
  } catch (error) {
    say(error.message);
  }
}

function open() {
  const run = new URLSearchParams(location.search).get("run");
  if (run) watch(run);
}

$("start").addEventListener("submit", trigger);
$("approve").addEventListener("click", () => decide(true));
$("reject").addEventListener("click", () => decide(false));
$("cancel").addEventListener("click", cancel);
addEventListener("popstate", () => location.reload());
open();
