// The console with a script: what one types is looked for, what one presses is done, and what others do is
// shown, all without loading the page anew. Without it every act is a form. Keys stand in console-keys.js.
"use strict";
const one = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const find = one(".find");
const dialog = one("#dialog");
const EVERY = 5000;  // milliseconds between two things that a screen reader is told
const STAYS = 30000;  // milliseconds for which it is shown what came of an act
document.documentElement.classList.add("scripted");

/* What is said */
let lastSaid = 0, waits = 0, fades = 0;

/** Tell a screen reader, politely and seldom: of several things the newest. */
function tell(words) {
  clearTimeout(waits);
  waits = setTimeout(() => {
    lastSaid = Date.now();
    one("#news").textContent = words;
  }, Math.max(0, lastSaid + EVERY - Date.now()));
}

/** Show what came of an act, for a while. */
function say(said) {
  clearTimeout(fades);
  one("#said").replaceWith(said);
  fades = setTimeout(() => said.replaceChildren(), STAYS);
  tell(one("p", said)?.innerText ?? "");
}

/* What is looked at */
let asked = 0, pause = 0;

async function page(address, options) {
  const answer = await fetch(address, options);
  if (answer.redirected || !answer.ok && answer.status !== 422) return null;  // signed out, or something is wrong: the page says what
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Look at another part of the queue. */
async function show(address) {
  const mine = ++asked;
  const found = await page(address);
  if (mine !== asked) return;  // somebody typed on
  if (!found || !one("#board", found)) return location.assign(address);
  one("#board").replaceWith(one("#board", found));
  htmx.process(one("#board"));
  document.title = found.title;
  history.replaceState(null, "", address);
}

const wanted = () => "/console?" + new URLSearchParams([...new FormData(find)].filter(([, value]) => value));
find.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => show(wanted()), 150);
});
find.addEventListener("submit", event => {
  event.preventDefault();
  clearTimeout(pause);
  show(wanted());
});

/** Whether somebody has begun to write there, or ticked it, or stands on it. */
const inUse = row => row.matches(":focus-within") || one(".tick input:checked", row)
  || all("textarea", row).some(words => words.value);

/** Let new tasks in at their place; nothing that somebody reads, ticks or writes moves. */
async function letIn(address) {
  const found = await page(address);
  const list = one(".tasks"), fresh = found && one(".tasks", found);
  if (!list || !fresh) return show(address);
  const seen = all(".task", list).find(row => row.getBoundingClientRect().bottom > 0) ?? list;
  const top = seen.getBoundingClientRect().top;
  const stays = new Set(all(".task", fresh).map(row => row.id));
  for (const row of all(".task", list)) if (!stays.has(row.id) && row !== seen && !inUse(row)) row.remove();
  let before = null;
  for (const row of all(".task", fresh)) {
    const known = document.getElementById(row.id);
    if (!known) before ? before.after(row) : list.prepend(row);
    before = known ?? row;
  }
  one("#live").replaceWith(one("#live", found));
  htmx.process(one("#live"));
  scrollBy(0, seen.getBoundingClientRect().top - top);
  if (document.activeElement === document.body) {  // what was pressed is gone
    const row = document.getElementById("row-" + where) ?? seen;
    row.tabIndex = -1;
    row.focus({preventScroll: true});
  }
}

/* What is done */
const ticked = () => all(".tick input:checked");

/** Show at once that something is done to these rows; the answer is a function that ends it. */
function mark(ids, words) {
  const marked = ids.map(id => document.getElementById("task-" + id)).filter(Boolean).map(state => {
    const who = document.createElement("p");
    who.className = "who";
    who.textContent = words;
    const was = state.classList.contains("gone");
    state.classList.add("gone");
    state.prepend(who);
    return () => { who.remove(); state.classList.toggle("gone", was); };
  });
  return () => marked.forEach(end => end());
}

/** Send a form; what came of it is said, and the rows show it. */
async function send(form, submitter) {
  const said = new FormData(form, submitter);
  const single = ["one", "begin", "answer"].find(name => said.has(name));
  const ids = single ? said.getAll(single) : said.getAll("task");
  const takes = single === "one" || said.get("act") === "take";
  const done = mark(ids, one("#news").dataset[takes ? "taking" : "doing"]);
  const found = await page(form.action, {method: "POST", body: said, headers: {"X-Console": "1"}});
  if (!found) return location.reload();
  if (!takes) done();
  if (one("#sheet", found)) return ask(found);  // something of it has to be corrected first
  say(one("#said", found));
  for (const id of ids) {
    const box = one(`.tick input[value="${id}"]`);
    if (box) box.checked = false;
    const words = one(`#words-${id}`);
    if (words && single === "answer" && one("#said .good")) words.value = "";
  }
  htmx.trigger("#live", "refresh");
}

/** Ask what has to be said first, such as until when. */
async function sheet(act, ids) {
  const address = new URL(location.href);
  address.pathname = "/console/sheet";
  address.searchParams.set("act", act);
  address.searchParams.delete("task");
  for (const id of ids) address.searchParams.append("task", id);
  const found = await page(address);
  if (!found || !one("#sheet", found)) return location.assign(address);
  ask(found);
}

function ask(found) {
  dialog.replaceChildren(one("#sheet", found));
  dialog.showModal();
}

const ASKS = ["snooze", "resolve", "note"];

/** Do something to these tasks, as their form would. */
function act(name, ids) {
  const form = one(".queue");
  if (!ids.length || !form) return tell(one("#news").dataset.none);
  if (ASKS.includes(name)) return sheet(name, ids);
  const sent = form.cloneNode();
  const fields = {csrf_token: one("[name=csrf_token]", form).value, act: name};
  for (const [key, value] of [...Object.entries(fields), ...ids.map(id => ["task", id])]) {
    const field = document.createElement("input");
    Object.assign(field, {type: "hidden", name: key, value});
    sent.append(field);
  }
  return send(sent, null);
}

document.addEventListener("submit", event => {
  const form = event.target, button = event.submitter;
  if (form.method === "get" || !form.matches(".queue, .undo, #sheet")) return;
  event.preventDefault();
  if (form.matches(".queue") && ASKS.includes(button?.value)) {
    return sheet(button.value, ticked().map(box => box.value));
  }
  if (dialog.open) dialog.close();
  send(form, button);
});
document.addEventListener("click", event => {
  const link = event.target.closest("a, .close");
  if (link?.matches("dialog .close")) {
    event.preventDefault();
    link.closest("dialog").close();
  } else if (link?.matches(".news a")) {
    event.preventDefault();
    letIn(link.href);
  } else if (link?.matches(".all a")) {
    event.preventDefault();
    tickAll();
  }
});

function tickAll() {
  const boxes = all(".tick input");
  const on = boxes.some(box => !box.checked);
  for (const box of boxes) box.checked = on;
}

/* What others do: a row that says what it said before is left alone. */
document.addEventListener("htmx:oobBeforeSwap", event => {
  const fresh = event.detail.fragment.firstElementChild;
  if (fresh?.outerHTML === event.detail.target.outerHTML) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", () => {
  const fresh = one("#show-new");
  if (fresh) tell(fresh.innerText);
});
/* Who comes back after a while is told what happened, as whoever opens the page anew is */
const AWAY = 600000;  // milliseconds
let left = 0, touched = Date.now();
for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, () => { touched = Date.now(); }, true);
document.addEventListener("visibilitychange", async () => {
  if (document.hidden) return void (left = Date.now());
  if (!left || Date.now() - left < AWAY) return;
  const found = await page(location.href);
  if (!found) return location.reload();
  one("#away").replaceWith(one("#away", found));
  tell(one("#away").innerText);
});

/* Where one is, and whether one writes there: others see it */
const thisPage = crypto.getRandomValues(new Uint32Array(2)).join("").slice(0, 20);
let where = "";
document.addEventListener("focusin", event => {
  where = event.target.closest?.(".task")?.id.slice(4) ?? where;
});
document.addEventListener("htmx:configRequest", event => {
  const words = all("textarea").find(one => one.value);
  const row = words?.closest(".task")?.id.slice(4) ?? (words && one("[name=task]", words.form)?.value) ?? where;
  Object.assign(event.detail.parameters, {
    page: thisPage, at: row, writing: words ? "1" : "",
    awake: !document.hidden && Date.now() - touched < AWAY ? "1" : "",
  });
});
addEventListener("beforeunload", event => {
  if (all("textarea").some(words => words.value)) event.preventDefault();
});
