// Printing the list is remembered, however it is printed; without JavaScript the button does it.
"use strict";
const form = document.querySelector("#take");
if (form) {
  addEventListener("beforeprint", () => navigator.sendBeacon(form.action, new FormData(form)));
  form.addEventListener("submit", event => { event.preventDefault(); print(); });
}
