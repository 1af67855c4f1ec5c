// A case's page: it tells others that one is here, and its forms say what their writer has seen, so that none
// acts on what has changed meanwhile. Keys j and k lead to the next case and the one before.
"use strict";
const version = () => document.querySelector("#now")?.dataset.version;
const opened = version();
const thisPage = crypto.getRandomValues(new Uint32Array(2)).join("").slice(0, 20);
const forms = () => [...document.querySelectorAll("main form")].filter(form => form.method === "post");

/** Whether somebody has written or chosen something that is not sent yet. */
const begun = () => forms().some(form => [...form.elements].some(field =>
  field.matches("textarea, input[type=text]") ? field.value !== field.defaultValue
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
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const way = {j: "next", k: "prev"}[event.key];
  if (way) document.querySelector(`a[rel=${way}]`)?.click();
});
