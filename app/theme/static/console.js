// The console with a script: the search answers while one types. Without it the form is sent.
"use strict";
const find = document.querySelector(".find");
let asked = 0, pause = 0;

/** Look at another part of the queue without losing the page. */
async function show(address) {
  const mine = ++asked;
  const answer = await fetch(address, {headers: {"Accept": "text/html"}});
  if (!answer.ok || answer.redirected) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const board = page.querySelector("#board");
  if (mine !== asked) return;  // somebody typed on
  if (!board) return location.assign(address);
  document.querySelector("#board").replaceWith(board);
  htmx.process(board);
  document.title = page.title;
  history.replaceState(null, "", address);
}

const looked = () => "/console?" + new URLSearchParams([...new FormData(find)].filter(([, value]) => value));
find.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => show(looked()), 150);
});
find.addEventListener("submit", event => {
  event.preventDefault();
  clearTimeout(pause);
  show(looked());
});
