// What a browser adds to pages that work without it: live refresh, drafts, keys, local times.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const memory = (() => { try { return localStorage; } catch { return {}; } })();

// ── times, in the reader's own zone and distance ────────────────────────────────────────────────

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const toSeconds = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const UNITS = [["d", 172800, 86400], ["h", 3600, 3600], ["min", 60, 60]];

function distance(seconds) {
  const far = Math.abs(seconds);
  if (far < 45) return seconds <= 0 ? "just now" : "in a moment";
  const [unit, , size] = UNITS.find(([, from]) => far >= from) ?? ["s", 0, 1];
  const text = `${Math.round(far / size)} ${unit}`;
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

function tellTimes(root = document) {
  for (const time of $$("time[datetime]", root)) {
    const at = new Date(time.dateTime);
    const local = ("seconds" in time.dataset ? toSeconds : exact).format(at);
    const text = "ago" in time.dataset ? distance((at - Date.now()) / 1000) : local;
    if (time.textContent !== text) time.textContent = text;
    time.title = `${local} (${time.dateTime})`;
  }
}

// ── drafts: what is typed survives a refresh ────────────────────────────────────────────────────

const typed = (box) =>
  box.type === "checkbox" || box.type === "radio" ? box.checked !== box.defaultChecked
  : box.tagName === "SELECT" ? [...box.options].some((option) => option.selected !== option.defaultSelected)
  : box.type !== "hidden" && box.value !== box.defaultValue;

const boxes = (root) => $$("input, select, textarea", root).filter((box) => box.name);
const same = (box, root) =>
  boxes(root).find((other) => other.name === box.name && other.type === box.type &&
    (box.type !== "checkbox" && box.type !== "radio" || other.value === box.value));

function keepDrafts(before, after) {
  for (const old of $$("details[id]", before)) {
    const now = $(`#${CSS.escape(old.id)}`, after);
    if (now && old.open) now.open = true;
  }
  const lost = [];
  for (const box of boxes(before).filter(typed)) {
    const now = same(box, after);
    if (!now) lost.push(box);
    else if (box.type === "checkbox" || box.type === "radio") now.checked = box.checked;
    else now.value = box.value;
  }
  const words = lost.filter((box) => box.value.trim() && box.type !== "checkbox" && box.type !== "radio");
  if (words.length && !$(".kept", after)) after.append(keptNote(words));
}

function keptNote(words) {
  const note = document.createElement("section");
  note.className = "card kept";
  const title = document.createElement("p");
  title.textContent = "Not sent: what you typed here";
  const list = document.createElement("dl");
  list.className = "pairs";
  for (const box of words) {
    const [row, name, text] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    name.textContent = box.labels?.[0]?.textContent.trim() ?? box.name;
    text.textContent = box.value;
    row.append(name, text);
    list.append(row);
  }
  note.append(title, list);
  return note;
}

// ── live: another person's answer shows by itself ───────────────────────────────────────────────

const body = document.body;
const NAMES = ["task.opened", "task.claimed", "task.released", "task.commented", "task.answered", "task.closed",
  "task.assigned", "task.delegated", "task.reminded", "task.escalated", "task.asked_back", "task.replied", "task.attached", "task.reopened", "task.decided",
  "run.started", "run.waiting", "run.queued", "run.admitted", "run.paused", "run.resumed", "run.parked", "run.retried", "run.recovered", "run.finished",
  "step.started", "step.finished", "step.retrying", "step.failed", "timer.set", "timer.fired", "reset"];
let after = Number(body.dataset.after || 0);

function say(text) {
  const said = $("#said");
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 6000);
}

function swap(region, fresh) {
  if (region.outerHTML === fresh.outerHTML) return;
  // The same question is still open: leave the form, and whatever is typed in it, alone.
  const [asked, still] = [region, fresh].map((part) => $("[data-answer] [name=shown]", part)?.value);
  if (asked && asked === still) return;
  const focus = region.contains(document.activeElement) ? document.activeElement : null;
  const known = new Set($$("[data-list] > li", region).map((item) => item.id));
  keepDrafts(region, fresh);
  region.replaceWith(fresh);
  if (known.size) for (const item of $$("[data-list] > li", fresh)) item.classList.toggle("new", !known.has(item.id));
  if (focus) {
    const item = focus.closest("li[id]");
    const again = focus.id && document.getElementById(focus.id) || focus.name && same(focus, fresh) ||
      item && $(`#${CSS.escape(item.id)} a`);
    again?.focus({ preventScroll: true });
    if (again && "selectionStart" in focus && focus.selectionStart !== null) {
      try { again.setSelectionRange(focus.selectionStart, focus.selectionEnd); } catch { /* not a text box */ }
    }
  }
  if ("say" in fresh.dataset) say($("strong, .status", fresh)?.textContent ?? "");
}

async function refresh() {
  const reply = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (reply.redirected || !(reply.ok || reply.status === 404)) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  tellTimes(page);
  for (const region of $$("[data-region]")) {
    const fresh = page.getElementById(region.id);
    if (fresh) swap(region, document.adoptNode(fresh));
  }
  document.title = page.title;
  enhance();
}

// At most one refresh at a time and one in 400 ms, and always one after the last event.
let refreshing = false, again = false;
async function soon() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try { await refresh(); } catch { /* the stream tells when the server is back */ }
  setTimeout(() => { refreshing = false; if (again) { again = false; soon(); } }, 400);
}

function heard(event) {
  after = Math.max(after, event.seq ?? 0);
  const only = body.dataset.only;
  if (body.dataset.live === "tasks" && !/^(task|reset|run\.(finished|retried))/.test(event.name)) return;
  if (body.dataset.live === "runs" && !/^(run|reset)/.test(event.name)) return;
  if (only && event.name !== "reset" && event.run_id !== only && event.task !== only) return;
  soon();
}

function listen() {
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("assent") : null;
  const source = new EventSource(`${body.dataset.events}?after=${after}`);
  for (const name of NAMES) {
    source.addEventListener(name, (message) => {
      const told = JSON.parse(message.data);
      const event = { name, seq: Number(message.lastEventId), run_id: told.run_id, task: told.data?.task };
      heard(event);
      tabs?.postMessage(event);
    });
  }
  source.onopen = () => { if (listen.lost) { listen.lost = false; say("Live again"); soon(); } };
  source.onerror = () => {
    if (!listen.lost) say("The connection is lost; trying again");
    listen.lost = true;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
}

function live() {
  if (!body.dataset.events) return;
  if ("BroadcastChannel" in window) new BroadcastChannel("assent").onmessage = ({ data }) => heard(data);
  // A browser opens six connections to a server: one tab listens for all of them.
  if (navigator.locks) navigator.locks.request("assent", () => { listen(); return new Promise(() => {}); });
  else listen();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tellTimes(); });
  setInterval(() => tellTimes(), 30000);
}

// ── forms ───────────────────────────────────────────────────────────────────────────────────────

function enhance() {
  for (const list of $$(".field.list:not([data-ready])")) {
    list.dataset.ready = "";
    const spares = $$(":scope > .row.spare", list);
    const blank = spares.at(-1);
    if (!blank) continue;
    let next = Number(blank.dataset.row);
    const empty = blank.cloneNode(true);
    for (const row of spares) if (!boxes(row).some(typed)) row.remove();
    const add = document.createElement("button");
    add.type = "button";
    add.className = "small";
    add.textContent = `Add to ${$("legend", list).firstChild.textContent.trim().toLowerCase()}`;
    add.onclick = () => {
      const row = empty.cloneNode(true);
      const [old, now] = [`/${empty.dataset.row}`, `/${(next += 1)}`];
      row.dataset.row = next;
      for (const part of $$("*", row)) {
        for (const name of ["name", "id", "for", "aria-describedby"]) {
          const value = part.getAttribute(name);
          if (value) part.setAttribute(name, value.replace(old, now));
        }
        if (part.type === "hidden" && !part.name.includes("/")) part.value = next;
      }
      const mark = $("input[type=hidden]", row);
      mark.value = next;
      add.before(row);
      boxes(row).find((box) => box.type !== "hidden")?.focus();
    };
    list.append(add);
  }
  for (const zone of $$("select[data-zone]:not([data-ready])")) {
    zone.dataset.ready = "";
    const minutes = -new Date().getTimezoneOffset();
    if (!minutes) continue;
    const two = (n) => String(Math.floor(n)).padStart(2, "0");
    const name = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
    if (![...zone.options].some((option) => option.value === name)) zone.add(new Option(`your time (UTC${name})`, name));
    if (!$("input", zone.parentElement).value) zone.value = name;
  }
  for (const button of $$("[data-apply]")) button.hidden = true;
  for (const button of $$("[data-help]")) button.hidden = false;
}

document.addEventListener("input", (event) => {
  const edit = event.target.closest(".edit");
  edit?.closest("form").toggleAttribute("data-changed", boxes(edit).some(typed)); // the button to press stands out
});
document.addEventListener("change", (event) => {
  const filters = event.target.closest("[data-filters]");
  if (filters && event.target.type !== "search") filters.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) { if (form.dataset.sent) event.preventDefault(); return; }
  form.dataset.sent = "yes"; // a double click sends once
  clearTimeout(keeping?.timer); // it is on its way: nothing is left to keep
});
window.addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });

// ── what is typed is kept on the server, and who else is looking ────────────────────────────────

let keeping = null;
function keepTyped(form, now = false) {
  clearTimeout(keeping?.timer);
  const send = () => {
    keeping = null;
    const what = new FormData(form);
    for (const box of $$("input[type=password]", form)) what.delete(box.name);
    fetch(form.dataset.typed, { method: "POST", body: what, keepalive: true }).catch(() => {});
  };
  if (now) send();
  else keeping = { form, timer: setTimeout(send, 700) };
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-typed]");
  if (form) keepTyped(form);
});

async function sayHere() {
  const others = $("#others[data-here]");
  if (!others || document.hidden) return;
  const reply = await fetch(others.dataset.here, { method: "POST" }).catch(() => null);
  if (!reply?.ok) return;
  const names = (await reply.json()).others;
  const told = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} looking at this too.` : "";
  if (others.textContent !== told) others.textContent = told;
}

function presence() {
  if (!$("#others[data-here]")) return;
  sayHere();
  setInterval(sayHere, 15000);
  document.addEventListener("visibilitychange", sayHere);
}

window.addEventListener("pagehide", () => {
  if (keeping && !keeping.form.dataset.sent) keepTyped(keeping.form, true);
  const others = $("#others[data-here]");
  if (others) navigator.sendBeacon(`${others.dataset.here}?gone=1`);
});

// ── keys ────────────────────────────────────────────────────────────────────────────────────────

const items = () => $$("[data-item]");
function step(by) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
}

function go(part) {
  if (part === "edit") {
    const edit = $("#edit");
    if (edit) { edit.open = true; boxes(edit).find((box) => box.type !== "hidden")?.focus(); return true; }
    return false;
  }
  const target = part === "reject" ? $("#reason") ?? $("[data-key=r]") : $("[data-key=a]");
  target?.focus();
  target?.scrollIntoView({ block: "center" });
  return Boolean(target);
}

const PARTS = { a: "approve", e: "edit", r: "reject" };
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  u: () => $("[data-up]")?.click(),
  x: () => document.activeElement?.closest("li")?.querySelector("[data-tick]")?.click(),
  "/": () => ($("[data-search]") ? $("[data-search]").focus() : $("[data-up]")?.click()),
  "?": () => $("#help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const there = event.target;
  if (there.matches("textarea, select, input:not([type=checkbox], [type=radio])")) {
    if (event.key === "Escape") there.blur();
    return;
  }
  if (memory.assentKeys === "off" || $("dialog[open]")) return;
  const chosen = document.activeElement?.matches("[data-item]") ? document.activeElement : null;
  if (event.key in PARTS) {
    if (chosen) location.href = `${chosen.href}#${PARTS[event.key]}`;
    else if (!go(PARTS[event.key])) return;
  } else if (event.key in KEYS) KEYS[event.key]();
  else return;
  event.preventDefault();
});

const single = $("#single-keys");
if (single) {
  single.checked = memory.assentKeys !== "off";
  single.addEventListener("change", () => { memory.assentKeys = single.checked ? "on" : "off"; });
}
$("[data-help]")?.addEventListener("click", () => $("#help").showModal());

tellTimes();
enhance();
live();
presence();
if (["#approve", "#edit", "#reject"].includes(location.hash)) go(location.hash.slice(1));
else if ($("#receipt")) $("#receipt").scrollIntoView({ block: "nearest" });
