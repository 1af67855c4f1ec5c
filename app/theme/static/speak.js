// An example of what a call says is read aloud by the browser itself, where it can; nothing leaves it.
"use strict";
if (window.speechSynthesis) {
  for (const button of document.querySelectorAll("[data-speak]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = new SpeechSynthesisUtterance(document.getElementById(button.dataset.speak).innerText);
      words.lang = button.dataset.voice;
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    });
  }
}
