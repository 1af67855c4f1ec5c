// A case's page: it tells others that one is here, and its forms say what their writer has seen, so that none
// acts on what has changed meanwhile. Keys do what a mouse would, and ? or Ctrl K lists them.
"use strict";
const version = () => document.querySelector("#now")?.dataset.version;
const opened = version();
const thisPage = crypto.getRandomValues(new Uint32Array(2)).join("").slice(0, 20);
const forms = () => [...document.querySelectorAll("main form")].filter(form => form.method === "post");

/** Whether somebody has written or chosen something that is not sent yet. */
const begun = () => forms().some(form => [...form.elements].some(field =>
  field.matches("textarea, input[type=text], input[type=tel], input[type=email]") ? field.value !== field.defaultValue
    : field.matches("select") ? field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected
    : field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked : false));

document.addEventListener("htmx:configRequest", event => {
  Object.assign(event.detail.parameters, {page: thisPage, writing: begun() ? "1" : ""});
});
document.addEventListener("submit", event => {
  const field = document.createElement("input");
  Object.assign(field, {type: "hidden", name: "seen", value: opened ?? ""});
  event.target.append(field);
});
document.addEventListener("htmx:afterSwap", () => {
  if (version() === opened || document.querySelector(".stale")) return;
  const said = document.createElement("p");
  said.className = "alert stale";
  said.textContent = document.querySelector("#now").dataset.stale;
  document.querySelector(".act")?.prepend(said);
});

/* Each key stands at what it does: a button is pressed, a form is opened to be filled in */
const keyed = key => document.querySelector(`main [data-key="${key}"]`);
const sheet = document.querySelector("#keys");

function run(place) {
  if (place.matches("button") && place.value !== "resolve") return place.click();
  if (place.matches("textarea")) return place.focus();
  const form = place.closest("details, form");
  if (form.matches("details")) form.open = true;
  form.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
}

function list() {
  if (sheet.open) return;
  sheet.querySelector("ul").replaceChildren(...[...document.querySelectorAll("main [data-key]")].map(place => {
    const item = document.createElement("li"), button = document.createElement("button"), key = document.createElement("kbd");
    key.textContent = place.dataset.key;
    button.className = "button quiet";
    button.append(key, " ", (place.labels?.[0] ?? place).innerText.trim());
    button.addEventListener("click", () => { sheet.close(); run(place); });
    item.append(button);
    return item;
  }));
  sheet.showModal();
}
sheet?.querySelector(".close").addEventListener("click", () => sheet.close());

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return list();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || sheet?.open) return;
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "?") return list();
  const way = {j: "next", k: "prev"}[event.key];
  if (way) return document.querySelector(`a[rel=${way}]`)?.click();
  const place = /^[a-z]$/.test(event.key) && keyed(event.key);
  if (!place) return;
  event.preventDefault();
  run(place);
});
