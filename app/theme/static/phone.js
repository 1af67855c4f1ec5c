// Asks this browser to take messages, and gives what it answers to the form.
"use strict";

const form = document.getElementById("ring");
const why = document.getElementById("why");

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") {
    why.textContent = form.dataset.denied;
    return;
  }
  await navigator.serviceWorker.register("/push-worker.js");
  const worker = await navigator.serviceWorker.ready;
  const key = bytes(form.dataset.key);
  let given = await worker.pushManager.getSubscription();
  const known = given && new Uint8Array(given.options.applicationServerKey || []);
  if (given && (known.length !== key.length || known.some((one, n) => one !== key[n]))) {
    await given.unsubscribe(); // it was made for another key of ours
    given = null;
  }
  given ||= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const said = given.toJSON();
  form.elements.endpoint.value = said.endpoint;
  form.elements.p256dh.value = said.keys.p256dh;
  form.elements.auth.value = said.keys.auth;
  form.submit();
}

if (form) {
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  why.hidden = able;
  why.textContent = able ? "" : form.dataset.unable;
  form.querySelector("button").hidden = !able;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    why.hidden = false;
    why.textContent = form.dataset.wait;
    subscribe().catch(() => {
      why.textContent = form.dataset.refused;
    });
  });
}
