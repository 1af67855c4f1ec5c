// How long it is until an hour that was said, beside it and in the page's language. Without this script the hour
// itself is read. The page says what time it is for us: a phone's clock may be wrong, and the demo's is moved.
"use strict";
const ahead = new Date(document.querySelector("meta[name=now]").content) - Date.now();
const said = new Intl.RelativeTimeFormat(document.documentElement.lang, {numeric: "always"});
const left = minutes => minutes < 1 || minutes > 47 * 60 ? ""
  : minutes < 100 ? said.format(minutes, "minute") : said.format(Math.round(minutes / 60), "hour");
const count = () => document.querySelectorAll("[data-until]").forEach(place => {
  const words = left(Math.ceil((new Date(place.dataset.until) - Date.now() - ahead) / 60000));
  if (place.textContent !== words) place.textContent = words;
});
count();
setInterval(count, 1000);
document.addEventListener("htmx:afterSwap", count);
