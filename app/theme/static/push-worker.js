// Shows what came in, and opens its page on a tap. A tap acknowledges nothing by itself.
"use strict";

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // nothing that we sent: it is shown as a plain knock
  }
  event.waitUntil(
    self.registration.showNotification(said.title || "Reknock: somebody is needed", {
      body: said.body || "",
      tag: said.tag || "",
      renotify: Boolean(said.tag),
      requireInteraction: true,
      data: { url: said.url || "/console" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
