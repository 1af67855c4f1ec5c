/* Where a parcel is, on a shop's own page. No dependencies, no cookies; it only reads.
   <script src="https://…/track.js" async></script> <reknock-track token="…"></reknock-track> */
(() => {
  const base = new URL(document.currentScript.src).origin;
  const every = 60000;
  const look = `:host{display:block;font:inherit;color-scheme:light dark}
.card{border:1px solid #e0dcd2;border-radius:12px;padding:1rem;background:#fffefb;color:#1c2421;border-inline-start:4px solid var(--accent,#0d5c4c)}
b{display:block;font-size:1.1em;line-height:1.3}
p{margin:.4em 0 0}
.soft{color:#56605c;font-size:.9em}
@media (prefers-color-scheme:dark){.card{background:#19201d;color:#edf1ee;border-color:#2b3531;border-inline-start-color:var(--accent-dark,#6fd3b4)}.soft{color:#a7b3ad}}
:host([theme=light]) .card{background:#fffefb;color:#1c2421;border-color:#e0dcd2;border-inline-start-color:var(--accent,#0d5c4c)}
:host([theme=light]) .soft{color:#56605c}
:host([theme=dark]) .card{background:#19201d;color:#edf1ee;border-color:#2b3531;border-inline-start-color:var(--accent-dark,#6fd3b4)}
:host([theme=dark]) .soft{color:#a7b3ad}`;

  class Track extends HTMLElement {
    static observedAttributes = ["token"];
    connectedCallback() {
      if (!this.shadowRoot) {
        const root = this.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(look);
        root.adoptedStyleSheets = [sheet];
        this.card = root.appendChild(document.createElement("section"));
        this.card.className = "card";
        this.card.setAttribute("aria-live", "polite");
        this.card.hidden = true;
      }
      this.read();
    }
    disconnectedCallback() { clearTimeout(this.next); }
    attributeChangedCallback() { if (this.card && this.isConnected) this.read(); }
    async read() {
      clearTimeout(this.next);
      const token = this.getAttribute("token");
      if (!token) return;
      try {
        const answer = await fetch(`${base}/api/v1/track/${encodeURIComponent(token)}`, { credentials: "omit" });
        if (token !== this.getAttribute("token")) return;
        if (answer.ok) this.show(await answer.json());
        else if (answer.status === 404) { this.card.hidden = true; return; }
      } catch { /* offline for a moment: what is shown stays */ }
      if (this.isConnected && !this.ended) this.next = setTimeout(() => this.read(), every);
    }
    show(said) {
      this.ended = said.ended || said.state === "closed";
      this.card.lang = said.language;
      this.card.dir = said.direction;
      for (const [name, colour] of [["--accent", said.colour], ["--accent-dark", said.colour_dark]]) {
        if (colour) this.style.setProperty(name, colour);
      }
      this.card.replaceChildren();
      for (const [tag, kind, text] of [["b", "", said.headline], ["p", "", said.next], ["p", "soft", said.news]]) {
        if (!text) continue;
        const line = this.card.appendChild(document.createElement(tag));
        line.textContent = text;
        if (kind) line.className = kind;
      }
      this.card.hidden = false;
      this.dispatchEvent(new CustomEvent("reknock-track", { detail: said, bubbles: true }));
    }
  }
  if (!customElements.get("reknock-track")) customElements.define("reknock-track", Track);
})();
