// The console by keys alone, and everything by its name. What they do stands in console.js.
"use strict";
const menu = one("#menu"), typed = one("#menu-text"), list = one("#menu-list");
const rows = () => all("#board .task");
let at = "";

/* Where one stands */
const here = () => document.activeElement.closest?.(".task") ?? (at && document.getElementById(at)) ?? null;

function stand(row) {
  if (!row) return;
  at = row.id;
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({block: "nearest"});
}

function step(by) {
  const list = rows(), now = list.indexOf(here());
  stand(list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, now + by))]);
}

const box = row => row && one(".tick input", row);
const tick = (row, on = !box(row)?.checked) => { if (box(row)) box(row).checked = on; };

function stretch(by) {
  tick(here(), true);
  step(by);
  tick(here(), true);
}

/** What an act is meant for: all that is ticked, else where one stands. */
function meant() {
  const boxes = ticked();
  const chosen = boxes.length ? boxes : [box(here())].filter(Boolean);
  return chosen.map(one => one.value);
}

const DO = {
  take: () => act("take", meant()),
  pass_on: () => act("pass_on", meant()),
  snooze: () => act("snooze", meant()),
  resolve: () => act("resolve", meant()),
  note: () => act("note", meant()),
  undo: () => one(".undo button")?.click(),
  all: tickAll,
  find: () => { one("#q").focus(); one("#q").select(); },
  keys: () => one("#keys").showModal(),
};
const KEYS = {
  j: () => step(1), k: () => step(-1), x: () => tick(here()), a: DO.take, p: DO.pass_on, s: DO.snooze,
  f: DO.resolve, n: DO.note, u: DO.undo, "/": DO.find, "?": DO.keys,
  Enter: () => here() && one(".title a", here())?.click(),
  Escape: () => { for (const on of ticked()) on.checked = false; },
};

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return open();
  }
  const target = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  if (target.matches("textarea, select, input:not([type=checkbox])")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.shiftKey && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    return stretch(event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.key === "Enter" && !target.matches(".task, body")) return;  // what is focused is pressed
  const does = KEYS[event.key];
  if (!does || event.repeat && !"jk".includes(event.key)) return;
  event.preventDefault();
  does();
});

/* Everything by its name */
const acts = all("li", list);
let shown = [], picked = 0;

function entry(words, run) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.textContent = words;
  item.run = run;
  return item;
}

for (const item of acts) {
  item.run = () => { DO[item.dataset.do](); };
}

function open() {
  if (one("dialog[open]")) return;
  const links = all(".tabs a, .places a").map(link =>
    entry(menu.dataset.go.replace("{}", (link.firstChild.textContent || link.textContent).trim()), () => link.click()));
  const parcels = rows().map(row => entry(one(".title", row).innerText.replace(/\s+/g, " ").trim(), () => stand(row)));
  menu.entries = [...acts, ...links, ...parcels];
  typed.value = "";
  choose();
  menu.showModal();
}

function choose() {
  const words = typed.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = item => words.every(word => item.textContent.toLowerCase().includes(word));
  shown = menu.entries.filter(fits).slice(0, 12);
  if (words.length) shown.push(entry(menu.dataset.find.replace("{}", () => typed.value), () => { one("#q").value = typed.value; show(wanted()); }));
  shown.forEach((item, n) => { item.id = "menu-" + n; });
  list.replaceChildren(...shown);
  pick(0);
}

function pick(number) {
  picked = (number + shown.length) % shown.length;
  shown.forEach((item, n) => item.setAttribute("aria-selected", n === picked));
  shown[picked].scrollIntoView({block: "nearest"});
  typed.setAttribute("aria-activedescendant", shown[picked].id);
}

function run(item) {
  menu.close();  // the focus goes back to where one stood
  item.run();
}

typed.addEventListener("input", choose);
typed.addEventListener("keydown", event => {
  const does = {ArrowDown: () => pick(picked + 1), ArrowUp: () => pick(picked - 1), Enter: () => run(shown[picked])}[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});
list.addEventListener("click", event => {
  const item = event.target.closest("li");
  if (item) run(item);
});
